import { absolutePath } from "../../host/absolute-path.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { advise } from "../../errors/remedy.ts";
import { joinLines, openSystemTexts, type Texts } from "../../environment/texts.ts";
import { places } from "../../host/places.ts";
import { diagnostic, type DoctorFinding, findInfo } from "../diagnostic.ts";

const directory = absolutePath("/etc/systemd/system");

export const serviceHome = diagnostic({
  id: "service-home",
  group: "environment",
  severity: "info",
  sees: "a service of the system that runs go without User= and without a HOME",
  why: "go stops with: build cache is required, but could not be located.",
  needs: [],
  run(context) {
    const texts = openSystemTexts(context.files);
    const units = texts.list(directory).filter((name) => name.endsWith(".service"));
    return Promise.resolve(
      units.flatMap((name): readonly DoctorFinding[] => {
        const unit = readUnit(texts, `${directory}/${name}`);
        const command = unit.commands.find(({ text }) => runsGo(text));
        if (command === undefined || unit.hasHome) return [];
        return [
          findInfo({
            evidence: `${name} runs go without a HOME: ${redactUrl(command.text.trim())}`,
            origins: [`${command.path}:${command.number}`],
            remedy: advise(
              `below [Service] in ${command.path}:  Environment=HOME=/root  (or GOCACHE=/var/cache/NAME);  then systemctl daemon-reload`,
            ),
          }),
        ];
      }),
    );
  },
});

interface UnitLine {
  readonly path: string;
  readonly number: number;
  readonly text: string;
}

export interface Unit {
  readonly commands: readonly UnitLine[];
  /** Whether what it starts has a HOME, or a build cache without one. An EnvironmentFile= may have it. */
  readonly hasHome: boolean;
}

/** A unit with its drop-ins, as far as they lie beside it. */
export function readUnit(texts: Texts, path: string): Unit {
  const dropIns = texts.list(`${path}.d`).filter((name) => name.endsWith(".conf"));
  const lines = [path, ...dropIns.map((name) => `${path}.d/${name}`)].flatMap((file) =>
    joinLines(texts.read(file) ?? "").map(({ text, number }) => ({ path: file, number, text })),
  );
  const isSet = /^\s*(?:User|EnvironmentFile)\s*=\s*\S|^\s*Environment\s*=.*\b(?:HOME|GOCACHE|XDG_CACHE_HOME)=/;
  return {
    commands: lines.filter(({ text }) => /^\s*Exec(?:Start|StartPre|StartPost|Reload)\s*=/.test(text)),
    hasHome: lines.some(({ text }) => isSet.test(text)),
  };
}

/** The go command itself, also in a command of a shell's; programs that were built with it want no HOME. */
export function runsGo(command: string): boolean {
  const [, program = ""] = /=\s*[-@:+!|]*\s*(.*)$/s.exec(command) ?? [];
  const go = String.raw`(?:${places.goBin}/|/usr/local/bin/|/usr/bin/)?go\s+(?:build|run|install|test|generate|tool|vet|list)\b`;
  return new RegExp(String.raw`(?:^|[\s'";&|(])${go}`).test(program);
}
