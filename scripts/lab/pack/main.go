// Pack writes a Go tree as the tar.gz that the Go project would publish: the same entries, order, modes, times and
// compression, so that the tree of a real release gives the published bytes. The rules are those of cmd/distpack;
// it is written in Go because no other gzip gives the same bytes.
//
//	pack -o FILE.tar.gz [-zip TOOLCHAIN-MODULE.zip] [-tree DIR [-only api,doc,misc,test]] [-raw ENTRIES.json]
//
// Files of -tree are added to those of -zip. -raw appends entries just as they are written, for archives that no
// publisher would make.
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"
)

type file struct {
	name string // below go/
	size int64
	open func() (io.ReadCloser, error)
}

type rawEntry struct {
	Name    string
	Type    string // file, directory, symlink, link, fifo, device
	Content string
	Target  string
	Mode    int64
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("pack: ")
	output := flag.String("o", "", "archive to write")
	zipPath := flag.String("zip", "", "toolchain module zip")
	treePath := flag.String("tree", "", "directory with files to add")
	only := flag.String("only", "", "comma-separated top-level names of -tree to take")
	rawPath := flag.String("raw", "", "JSON list of entries to append")
	flag.Parse()

	files := map[string]file{}
	if *zipPath != "" {
		archive, err := zip.OpenReader(*zipPath)
		check(err)
		defer archive.Close()
		addZip(files, &archive.Reader)
	}
	if *treePath != "" {
		addTree(files, *treePath, *only)
	}
	var raw []rawEntry
	if *rawPath != "" {
		text, err := os.ReadFile(*rawPath)
		check(err)
		check(json.Unmarshal(text, &raw))
	}
	out, err := os.Create(*output)
	check(err)
	check(write(out, files, raw))
	check(out.Close())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func addZip(files map[string]file, archive *zip.Reader) {
	for _, entry := range archive.File {
		// golang.org/toolchain@VERSION/NAME
		parts := strings.SplitN(entry.Name, "/", 3)
		if len(parts) != 3 {
			log.Fatalf("%s is not below a module's directory", entry.Name)
		}
		name := parts[2]
		// A module zip cannot hold a nested go.mod.
		if path.Base(name) == "_go.mod" {
			name = path.Join(path.Dir(name), "go.mod")
		}
		files[name] = file{name, int64(entry.UncompressedSize64), entry.Open}
	}
}

func addTree(files map[string]file, root, only string) {
	tops := []string{"."}
	if only != "" {
		tops = strings.Split(only, ",")
	}
	for _, top := range tops {
		check(filepath.WalkDir(filepath.Join(root, top), func(at string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := entry.Info()
			if err != nil {
				return err
			}
			if !info.Mode().IsRegular() {
				return fmt.Errorf("%s is not a regular file", at)
			}
			name, err := filepath.Rel(root, at)
			if err != nil {
				return err
			}
			files[name] = file{name, info.Size(), func() (io.ReadCloser, error) { return os.Open(at) }}
			return nil
		}))
	}
}

// releaseTime is the time that VERSION states on its second line.
func releaseTime(files map[string]file) time.Time {
	version, ok := files["VERSION"]
	if !ok {
		log.Fatal("the tree has no VERSION")
	}
	reader, err := version.open()
	check(err)
	defer reader.Close()
	text, err := io.ReadAll(reader)
	check(err)
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "time ") {
			at, err := time.Parse(time.RFC3339, strings.TrimPrefix(line, "time "))
			check(err)
			return at
		}
	}
	log.Fatal("VERSION states no time")
	return time.Time{}
}

var execHelper = regexp.MustCompile(`^go_.+_.+_exec$`)

func fileMode(name string) fs.FileMode {
	base := path.Base(name)
	switch path.Ext(base) {
	case ".bash", ".sh", ".pl", ".rc":
		return 0o755
	}
	if strings.HasPrefix(name, "bin/") || strings.HasPrefix(name, "pkg/tool/") || execHelper.MatchString(base) {
		return 0o755
	}
	return 0o644
}

// info is what FileInfoHeader wants to know of a file that need not be on a disk.
type info struct {
	name string
	size int64
	mode fs.FileMode
	at   time.Time
}

func (i info) Name() string       { return path.Base(i.name) }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return i.at }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

func write(out io.Writer, files map[string]file, raw []rawEntry) error {
	at := releaseTime(files)
	zw, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	tw := tar.NewWriter(zw)
	header := func(i info) error {
		h, err := tar.FileInfoHeader(i, "")
		if err != nil {
			return err
		}
		h.Name = i.name
		if i.IsDir() {
			h.Name += "/"
		}
		return tw.WriteHeader(h)
	}

	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	// What is in a directory comes before what merely begins with its name: "/" sorts before every other byte.
	sortKey := func(name string) string { return strings.ReplaceAll(name, "/", "\x00") }
	sort.Slice(names, func(i, j int) bool { return sortKey(names[i]) < sortKey(names[j]) })
	made := map[string]bool{}
	var makeDirs func(dir string) error
	makeDirs = func(dir string) error {
		if dir == "." || made[dir] {
			return nil
		}
		if err := makeDirs(path.Dir(dir)); err != nil {
			return err
		}
		made[dir] = true
		return header(info{dir, 0, fs.ModeDir | 0o755, at})
	}
	for _, name := range names {
		f := files[name]
		full := "go/" + name
		if err := makeDirs(path.Dir(full)); err != nil {
			return err
		}
		if err := header(info{full, f.size, fileMode(name), at}); err != nil {
			return err
		}
		reader, err := f.open()
		if err != nil {
			return err
		}
		if _, err := io.Copy(tw, reader); err != nil {
			return err
		}
		if err := reader.Close(); err != nil {
			return err
		}
	}
	types := map[string]byte{
		"file": tar.TypeReg, "directory": tar.TypeDir, "symlink": tar.TypeSymlink,
		"link": tar.TypeLink, "fifo": tar.TypeFifo, "device": tar.TypeChar,
	}
	for _, entry := range raw {
		h := &tar.Header{Name: entry.Name, Typeflag: types[entry.Type], Linkname: entry.Target, Mode: entry.Mode, ModTime: at, Size: int64(len(entry.Content))}
		if err := tw.WriteHeader(h); err != nil {
			return err
		}
		if _, err := io.WriteString(tw, entry.Content); err != nil {
			return err
		}
	}
	if err := tw.Close(); err != nil {
		return err
	}
	return zw.Close()
}
