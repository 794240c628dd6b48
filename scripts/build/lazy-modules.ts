// The frame around readygo's modules in what is shipped. It is there for the start: V8 reads a file of 2 MB for 50 ms
// before it runs the first line, Node takes as long again to set up TLS, zlib and child processes, and a run that has
// nothing to do needs little of either. So a module is compiled, and a part of Node loaded, when a name of it is used
// for the first time. This works because rolldown's CommonJS output looks names up in the required object at each use.

/** Between modules in a pack, and around their names; no module's text has it. */
export const separator = "\u0001";

/** What stands in a pack for the two characters that would end the comment around it. */
export const commentEnd = { plain: "*/", packed: "*\u0002/" } as const;

type Exports = Record<PropertyKey, unknown>;

/** Parts of Node that take from one to twenty milliseconds to load; each is a plain object, which can be stood in for. */
const slowToLoad = new Set([
  "child_process",
  "crypto",
  "dns",
  "http",
  "http2",
  "https",
  "net",
  "readline",
  "tls",
  "worker_threads",
  "zlib",
]);

/** A module compiled: a function of exports, require, module, __filename and __dirname. */
type Compiled = (this: undefined, ...of: unknown[]) => void;

/** Where modules come from. */
interface Modules {
  readText(name: string): string;
  /** What was compiled together with others; undefined for a module that stands alone. */
  readCompiled?(name: string): Compiled | undefined;
}

/** A module's text as the expression that is compiled. */
export function wrapped(text: string): string {
  return `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
}

/** Runs the module `main`. */
export function runModules(modules: Modules, main: string): void {
  const path = process.getBuiltinModule("node:path");
  const { Script } = process.getBuiltinModule("node:vm");
  const loaded = new Map<string, { exports: Exports }>();
  const standIns = new Map<string, Exports>();

  const load = (name: string): Exports => {
    const known = loaded.get(name);
    if (known !== undefined) return known.exports;
    const filename = `/readygo/${name}`;
    const directory = path.posix.dirname(name);
    const run =
      modules.readCompiled?.(name) ??
      (new Script(wrapped(modules.readText(name)), { filename }).runInThisContext() as Compiled);
    const module = { exports: {} };
    loaded.set(name, module);
    const require = (id: string): unknown => {
      if (id.startsWith(".")) return standFor(path.posix.join(directory, id), load);
      return slowToLoad.has(id.replace(/^node:/, "")) ? standFor(id, builtin) : builtin(id);
    };
    run.call(undefined, module.exports, require, module, filename, path.posix.dirname(filename));
    return module.exports;
  };
  const standFor = (id: string, loadIt: (id: string) => Exports): Exports => {
    let standIn = standIns.get(id);
    if (standIn === undefined) standIns.set(id, (standIn = loadWhenUsed(() => loadIt(id))));
    return standIn;
  };
  load(main);
}

function builtin(id: string): Exports {
  // A few parts of Node go by the prefixed name only.
  return process.getBuiltinModule(id.startsWith("node:") ? id : `node:${id}`) as unknown as Exports;
}

/**
 * A pack's modules: separator, name, separator, text, and so on, and a separator at its end; as UTF-8, of which each byte
 * is one character here.
 */
export function openPack(pack: string): Modules {
  const pieces = pack.split(separator);
  const texts = new Map<string, string>();
  for (let at = 1; at + 1 < pieces.length; at += 2) texts.set(pieces[at] ?? "", pieces[at + 1] ?? "");
  return {
    readText(name) {
      const text = (texts.get(name) ?? "").replaceAll(commentEnd.packed, commentEnd.plain);
      return /[\x80-\xff]/.test(text) ? Buffer.from(text, "latin1").toString("utf8") : text;
    },
  };
}

function loadWhenUsed(load: () => Exports): Exports {
  let loaded: Exports | undefined;
  const real = (): Exports => (loaded ??= load());
  return new Proxy<Exports>(
    {},
    {
      get: (_, name) => real()[name],
      has: (_, name) => name in real(),
      ownKeys: () => Reflect.ownKeys(real()),
      getPrototypeOf: () => Reflect.getPrototypeOf(real()),
      getOwnPropertyDescriptor(_, name) {
        const descriptor = Reflect.getOwnPropertyDescriptor(real(), name);
        // A proxy may not call fixed what its own target doesn't have.
        return descriptor === undefined ? undefined : { ...descriptor, configurable: true };
      },
    },
  );
}
