import { HomeRefusal, type HomeRefusalKind } from "../home/home-refusal.ts";

/** What goes wrong in a child that works for readygo, as it crosses to readygo in JSON. */
export type ChildFailure =
  | { readonly kind: "refused"; readonly refusal: HomeRefusalKind; readonly reason: string; readonly path: string }
  /** `code` and `syscall` of what the system refused; null for anything else, which is a bug. */
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly code: string | null;
      readonly syscall: string | null;
    };

export function toChildFailure(error: unknown): ChildFailure {
  if (error instanceof HomeRefusal) {
    return { kind: "refused", refusal: error.kind, reason: error.message, path: error.path };
  }
  const failure = error instanceof Error ? error : new Error(String(error));
  return {
    kind: "failed",
    message: failure.message,
    code: "code" in failure ? String(failure.code) : null,
    syscall: "syscall" in failure ? String(failure.syscall) : null,
  };
}

/** The inverse: a HomeRefusal, or a plain Error with the child's message, code and syscall. */
export function fromChildFailure(failure: ChildFailure): Error {
  if (failure.kind === "refused") return new HomeRefusal(failure.refusal, failure.path, failure.reason);
  const { message, code, syscall } = failure;
  return Object.assign(new Error(message), code === null ? {} : { code }, syscall === null ? {} : { syscall });
}
