// Small-go stands in for bin/go in the lab's small releases: a real executable that answers as the go command does where an
// installer looks, so that hundreds of installs cost seconds. It compiles nothing and uses no network.
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strconv"
	"strings"
)

func main() {
	// The real one leaves this behind on every run, `go version` included.
	if config, err := os.UserConfigDir(); err == nil {
		os.MkdirAll(filepath.Join(config, "go", "telemetry", "local"), 0o777)
	}
	if len(os.Args) < 2 {
		fail(2, "Go is a tool for managing Go source code.")
	}
	root := goroot()
	switch command, args := os.Args[1], os.Args[2:]; command {
	case "version":
		if len(args) > 1 && args[0] == "-m" {
			buildInfo(root, args[1:])
			return
		}
		fmt.Printf("go version %s %s/%s\n", release(root), runtime.GOOS, runtime.GOARCH)
	case "env":
		env(settings(root), args)
	case "run":
		run(args)
	case "build":
		build(args)
	case "list":
		list(root, args)
	case "mod":
		mod(root, args)
	case "vet", "fmt", "get", "clean", "install", "test":
	default:
		fail(2, fmt.Sprintf("go %s: unknown command", command))
	}
}

func fail(status int, message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(status)
}

// goroot is found as the real one finds it: from the environment, else from where the resolved executable lies.
func goroot() string {
	root := os.Getenv("GOROOT")
	if root == "" {
		self, err := os.Executable()
		if err == nil {
			self, err = filepath.EvalSymlinks(self)
		}
		if err != nil {
			fail(2, "go: "+err.Error())
		}
		root = filepath.Dir(filepath.Dir(self))
	}
	if _, err := os.Stat(filepath.Join(root, "src")); err != nil {
		fail(2, "go: cannot find GOROOT directory: "+root)
	}
	return root
}

func release(root string) string {
	text, err := os.ReadFile(filepath.Join(root, "VERSION"))
	if err != nil {
		fail(2, "go: "+err.Error())
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

// buildInfo says of each file what the tree's release would have written into it.
func buildInfo(root string, files []string) {
	for _, file := range files {
		fmt.Printf("%s: %s\n\tpath\tcmd/%s\n\tbuild\tGOARCH=%s\n", file, release(root), filepath.Base(file), runtime.GOARCH)
	}
}

func settings(root string) map[string]string {
	home, _ := os.UserHomeDir()
	config, _ := os.UserConfigDir()
	cache, _ := os.UserCacheDir()
	values := map[string]string{
		"GOENV": filepath.Join(config, "go", "env"), "GOCACHE": filepath.Join(cache, "go-build"), "GOPATH": filepath.Join(home, "go"),
		"GOFLAGS": "", "GOWORK": "", "GO111MODULE": "", "GOPRIVATE": "", "GONOPROXY": "", "GONOSUMDB": "", "GOINSECURE": "", "CGO_ENABLED": "0",
		"GOPROXY": "", "GOSUMDB": "", "GOTOOLCHAIN": "", "GOOS": runtime.GOOS, "GOARCH": runtime.GOARCH,
	}
	if name := os.Getenv("GOENV"); name != "" {
		values["GOENV"] = name
	}
	for _, file := range []string{filepath.Join(root, "go.env"), values["GOENV"]} {
		text, _ := os.ReadFile(file)
		for _, line := range strings.Split(string(text), "\n") {
			if name, value, found := strings.Cut(line, "="); found && !strings.HasPrefix(line, "#") {
				values[name] = value
			}
		}
	}
	for name := range values {
		if value := os.Getenv(name); value != "" {
			values[name] = value
		}
	}
	values["GOROOT"] = root
	values["GOVERSION"] = release(root)
	values["GOHOSTOS"], values["GOHOSTARCH"] = runtime.GOOS, runtime.GOARCH
	values["GOTOOLDIR"] = filepath.Join(root, "pkg", "tool", runtime.GOOS+"_"+runtime.GOARCH)
	if values["GOMODCACHE"] = os.Getenv("GOMODCACHE"); values["GOMODCACHE"] == "" {
		values["GOMODCACHE"] = filepath.Join(values["GOPATH"], "pkg", "mod")
	}
	return values
}

func env(values map[string]string, args []string) {
	asJSON := false
	names := []string{}
	for _, arg := range args {
		switch {
		case arg == "-json":
			asJSON = true
		case arg == "-changed":
			return
		default:
			names = append(names, arg)
		}
	}
	if asJSON {
		shown := values
		if len(names) > 0 {
			shown = map[string]string{}
			for _, name := range names {
				shown[name] = values[name]
			}
		}
		text, _ := json.MarshalIndent(shown, "", "\t")
		fmt.Println(string(text))
		return
	}
	if len(names) > 0 {
		for _, name := range names {
			fmt.Println(values[name])
		}
		return
	}
	for name := range values {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("%s='%s'\n", name, values[name])
	}
}

var printed = regexp.MustCompile(`(?:Println|Print|Printf|WriteString|println)\((?:os\.Stdout, )?("(?:[^"\\]|\\.)*")`)

// run prints the first string that the program prints: enough for a program that says OK.
func run(args []string) {
	source := mainSource(args)
	found := printed.FindSubmatchIndex(source)
	if found == nil {
		fail(1, "small-go: this program prints no string")
	}
	text, err := strconv.Unquote(string(source[found[2]:found[3]]))
	if err != nil {
		fail(1, "small-go: "+err.Error())
	}
	fmt.Print(text)
	if strings.Contains(string(source[found[0]:found[2]]), "rintln") {
		fmt.Println()
	}
}

func mainSource(args []string) []byte {
	for _, arg := range args {
		if strings.HasSuffix(arg, ".go") {
			text, err := os.ReadFile(arg)
			if err != nil {
				fail(1, "go: "+err.Error())
			}
			return text
		}
	}
	names, _ := filepath.Glob("*.go")
	for _, name := range names {
		text, _ := os.ReadFile(name)
		if strings.Contains(string(text), "func main()") {
			return text
		}
	}
	fail(1, "no Go files in the current directory")
	return nil
}

// build writes an ELF file for the asked architecture that ends with status 0 where it can run, and says 42 where the
// program is to. What uses C is made by the C compiler that is named, as Go's linker has it linked.
func build(args []string) {
	source := string(mainSource(args))
	output := "a.out"
	for i, arg := range args {
		if arg == "-o" && i+1 < len(args) {
			output = args[i+1]
		} else if strings.HasPrefix(arg, "-o=") {
			output = strings.TrimPrefix(arg, "-o=")
		}
	}
	arch := os.Getenv("GOARCH")
	if arch == "" {
		arch = runtime.GOARCH
	}
	if output == os.DevNull {
		return
	}
	if strings.Contains(source, `import "C"`) {
		compiler := exec.Command(os.Getenv("CC"), "-x", "c", "-o", output, "-")
		compiler.Stdin = strings.NewReader("#include <stdio.h>\nint main(void) { fputs(\"42\\n\", stderr); return 0; }\n")
		if text, err := compiler.CombinedOutput(); err != nil {
			fail(1, string(text))
		}
		return
	}
	if err := os.WriteFile(output, tinyELF(arch, strings.Contains(source, "println(42)")), 0o755); err != nil {
		fail(1, "go: "+err.Error())
	}
}

func tinyELF(arch string, speaks bool) []byte {
	machine, code := uint16(62), []byte{0x31, 0xff, 0xb8, 60, 0, 0, 0, 0x0f, 0x05} // xor edi,edi; mov eax,60; syscall
	if speaks {
		// mov edi,2; lea rsi,[rip+text]; mov edx,3; mov eax,1; syscall; and the end, before the text
		write := []byte{0xbf, 2, 0, 0, 0, 0x48, 0x8d, 0x35, 21, 0, 0, 0, 0xba, 3, 0, 0, 0, 0xb8, 1, 0, 0, 0, 0x0f, 0x05}
		code = append(append(write, code...), "42\n"...)
	}
	if arch == "arm64" {
		machine = 183
		code = []byte{0, 0, 0x80, 0xd2, 0xa8, 0x0b, 0x80, 0xd2, 1, 0, 0, 0xd4} // mov x0,0; mov x8,93; svc 0
		if speaks {
			// mov x0,2; adr x1,text; mov x2,3; mov x8,64; svc 0
			write := []byte{0x40, 0, 0x80, 0xd2, 0xe1, 0, 0, 0x10, 0x62, 0, 0x80, 0xd2, 8, 8, 0x80, 0xd2, 1, 0, 0, 0xd4}
			code = append(append(write, code...), "42\n"...)
		}
	}
	const base, headers = 0x400000, 64 + 56
	le := binary.LittleEndian
	image := append([]byte{0x7f, 'E', 'L', 'F', 2, 1, 1}, make([]byte, 9)...)
	image = le.AppendUint16(image, 2)
	image = le.AppendUint16(image, machine)
	image = le.AppendUint32(image, 1)
	image = le.AppendUint64(image, base+headers)
	image = le.AppendUint64(image, 64)
	image = le.AppendUint64(image, 0)
	image = le.AppendUint32(image, 0)
	for _, size := range []uint16{64, 56, 1, 64, 0, 0} {
		image = le.AppendUint16(image, size)
	}
	image = le.AppendUint32(image, 1)
	image = le.AppendUint32(image, 5)
	for _, value := range []uint64{0, base, base, headers + uint64(len(code)), headers + uint64(len(code)), 0x1000} {
		image = le.AppendUint64(image, value)
	}
	return append(image, code...)
}

func list(root string, args []string) {
	if slices.Contains(args, "-m") {
		name, version, _ := strings.Cut(args[len(args)-1], "@")
		if settings(root)["GOPROXY"] == "off" {
			fail(1, fmt.Sprintf("go: %s@%s: module lookup disabled by GOPROXY=off", name, version))
		}
		text, _ := json.MarshalIndent(map[string]string{"Path": name, "Version": version}, "", "\t")
		fmt.Println(string(text))
		return
	}
	if len(args) == 0 || args[len(args)-1] != "std" {
		fail(1, "small-go: can only list std")
	}
	filepath.WalkDir(filepath.Join(root, "src"), func(at string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() && at != filepath.Join(root, "src") {
			if sources, _ := filepath.Glob(filepath.Join(at, "*.go")); len(sources) > 0 && !strings.Contains(at, "/cmd") {
				name, _ := filepath.Rel(filepath.Join(root, "src"), at)
				fmt.Println(name)
			}
		}
		return nil
	})
	// A real standard library has some 360; the gate takes a tree with a handful for a broken one.
	for number := 0; number < 200; number++ {
		fmt.Printf("internal/lab%03d\n", number)
	}
}

func mod(root string, args []string) {
	if len(args) == 0 {
		fail(2, "usage: go mod <command> [arguments]")
	}
	switch args[0] {
	case "init":
		name := "m"
		if len(args) > 1 {
			name = args[1]
		}
		text := fmt.Sprintf("module %s\n\ngo %s\n", name, strings.TrimPrefix(release(root), "go"))
		if err := os.WriteFile("go.mod", []byte(text), 0o666); err != nil {
			fail(1, "go: "+err.Error())
		}
		fmt.Fprintf(os.Stderr, "go: creating new go.mod: module %s\n", name)
	case "download":
		download(settings(root), args[1:])
	case "tidy", "verify":
	default:
		fail(2, fmt.Sprintf("go mod %s: unknown command", args[0]))
	}
}

func download(values map[string]string, args []string) {
	asJSON := false
	for _, arg := range args {
		if arg == "-json" {
			asJSON = true
			continue
		}
		name, version, found := strings.Cut(arg, "@")
		if !found {
			continue
		}
		if values["GOPROXY"] == "off" {
			fail(1, fmt.Sprintf("go: %s: module lookup disabled by GOPROXY=off", arg))
		}
		if asJSON {
			text, _ := json.MarshalIndent(map[string]string{
				"Path": name, "Version": version, "Dir": filepath.Join(values["GOMODCACHE"], arg),
				"Sum": "h1:w5fcysjrx7yqtD/aO+QwRjYZOKnaM9Uh2b40tElTs3Y=", "GoModSum": "h1:LzX7hefJvL54yjefDEDHNONDjII0t9xZLPXsUe+TKr0=",
			}, "", "\t")
			fmt.Println(string(text))
		}
	}
}
