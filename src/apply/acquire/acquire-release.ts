import { ProvisionError } from "../../errors/provision-error.ts";
import { redactUrl } from "../../errors/redact-url.ts";
import { nameFailure, RequestFailure } from "../../errors/request-failure.ts";
import { describeAttempts } from "../../fetch/download/attempt-log.ts";
import type { AbsolutePath } from "../../host/absolute-path.ts";
import type { Source } from "../../sources/source.ts";
import { acquireFromBase } from "./acquire-from-base.ts";
import { acquireFromFile } from "./acquire-from-file.ts";
import { acquireFromProxy } from "./acquire-from-proxy.ts";
import { acquireTarGz } from "./acquire-tar-gz.ts";
import type { AcquireContext, AcquiredRelease } from "./acquire-context.ts";
import { isTooLittle } from "../../trust/trust-failures.ts";

interface Attempt {
  readonly source: string;
  readonly isPublisher: boolean;
  readonly error: RequestFailure | ProvisionError;
}

/**
 * Tries the sources in order until one has delivered. A source that cannot deliver, or whose archive nothing
 * proves, gives way to the next; one that delivers something else than the release stops everything.
 *
 * @throws ProvisionError `sources-failed`, `checksum-unknown`, `policy-unmet`, `log-unfollowed`, `checksum-mismatch`, `roots-disagree`,
 * `signature-invalid`, `signature-key-unknown`, of logFailure, `archive-hostile`
 */
export async function acquireRelease(
  context: AcquireContext,
  sources: readonly Source[],
  into: AbsolutePath,
): Promise<AcquiredRelease> {
  const attempts: Attempt[] = [];
  for (const source of sources) {
    context.stop.throwIfAborted();
    if (isNeedless(source, attempts)) continue;
    context.system.removeOwnTree(into);
    context.system.makeDirectory(into, 0o755);
    try {
      return await acquireFrom(context, source, into);
    } catch (error) {
      if (!isSourceFailure(error)) throw error;
      attempts.push({ source: describeSource(source), isPublisher: source.kind === "publisher", error });
      if (source !== sources.at(-1)) {
        context.emit({ kind: "notice", text: `${describeSource(source)}: ${error.message}; trying the next source` });
      }
    }
  }
  throw summarize(attempts, context);
}

/** The publisher's host in China has nothing to add where go.dev has answered: that it has no such archive, or with bytes. */
function isNeedless(source: Source, attempts: readonly Attempt[]): boolean {
  if (source.kind !== "publisher" || source.name !== "publisher-china") return false;
  return attempts.some(
    ({ isPublisher, error }) => isPublisher && (error instanceof ProvisionError || error.kind === "absent"),
  );
}

async function acquireFrom(context: AcquireContext, source: Source, into: AbsolutePath): Promise<AcquiredRelease> {
  switch (source.kind) {
    case "publisher":
      return acquireTarGz(context, source, into);
    case "base-url":
      return acquireFromBase(context, source, into);
    case "goproxy":
      return acquireFromProxy(context, source.list, into);
    case "directory":
    case "file":
      return acquireFromFile(context, source, into);
  }
}

function isSourceFailure(error: unknown): error is RequestFailure | ProvisionError {
  if (error instanceof RequestFailure) return true;
  return error instanceof ProvisionError && isTooLittle(error.code);
}

const originNames: Readonly<Record<string, string>> = { flag: "--source", installed: "go.env" };

export function describeSource(source: Source): string {
  switch (source.kind) {
    case "publisher":
      return source.name === "publisher" ? "the publisher" : "the publisher's host in China";
    case "base-url":
      return redactUrl(source.url);
    case "goproxy":
      return source.origin === "built-in"
        ? "the publisher's module origin"
        : `the module proxy (${originNames[source.origin] ?? source.origin})`;
    case "directory":
    case "file":
      return source.path;
  }
}

function summarize(attempts: readonly Attempt[], context: AcquireContext): ProvisionError {
  const details = Object.fromEntries(
    attempts.map(({ source, error }, index) => [
      attempts.findIndex((other) => other.source === source) === index ? source : `${source} (${index + 1})`,
      error instanceof RequestFailure
        ? [`${nameFailure(error)} (${error.url})`, ...describeAttempts(error)].join("\n")
        : error.message,
    ]),
  );
  const unproven = attempts.find(({ error }) => error instanceof ProvisionError)?.error;
  if (unproven instanceof ProvisionError) {
    return new ProvisionError(unproven.code, unproven.message, {
      details: { ...unproven.details, ...details },
      remedy: unproven.remedy,
    });
  }
  const version = context.version.slice(2);
  return new ProvisionError(
    "sources-failed",
    `no source could deliver ${context.version} for linux-${context.architecture}`,
    {
      details,
      remedy: [
        ...new Set(attempts.flatMap(({ error }) => (error instanceof RequestFailure ? error.remedy : []))),
        ...(context.isSudo
          ? [
              `sudo drops GOPROXY and HTTPS_PROXY; try  sudo --preserve-env=GOPROXY,HTTPS_PROXY,NO_PROXY readygo install ${version}`,
            ]
          : []),
        `readygo install ${version} --source goproxy=URL  with a module proxy of this network`,
        `readygo install ${version} --source DIR  with an archive that was fetched elsewhere`,
      ],
    },
  );
}
