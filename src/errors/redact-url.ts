const mark = "***";

/** A user, or a user and password, before an authority's `@`: up to the last `@` in front of a slash, query or space. */
const userinfo = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"<>]*@/gi;

/** A password that holds a raw slash, `?` or `#`: what follows the first colon of the authority is then no port. */
const malformedUserinfo =
  /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@:[\]"<>]*:(?!\d*(?:[/?#\s"<>),;|]|$))[^\s/?#@"<>]*[/?#][^\s"<>,|]*@/gi;

/** `user:password@host`, as people write proxies without a scheme. */
const barePassword = /(^|[\s=,;|"'(])[^\s/@:=,;|"'(]+:[^\s/@"'<>]+@(?=[a-z0-9[])/gi;

const secretParameter =
  /([?&;#][^=\s&;#"<>]*(?:token|key|sig|secret|pass|pwd|auth|credential|session)[^=\s&;#"<>]*=)[^\s&#"<>]*/gi;

/**
 * Cuts user names, passwords and tokens out of every URL in a text: whatever stands before `@` in an authority, and the
 * values of query and fragment parameters whose name means a secret (token, key, signature, password, …). Everything
 * that is printed, logged or stored and may hold a URL comes through here.
 */
export function redactUrl(text: string): string {
  return text
    .replace(malformedUserinfo, `$1${mark}@`)
    .replace(userinfo, `$1${mark}@`)
    .replace(barePassword, `$1${mark}@`)
    .replace(secretParameter, `$1${mark}`);
}
