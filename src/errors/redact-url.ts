const mark = "***";

// What is repeated is bounded: without it, a text of some kilobytes that somebody has made for it takes minutes. Only a name
// or a password of more characters than that would be seen in part.

/** A user, or a user and password, before an authority's `@`: up to the last `@` in front of a slash, query or space. */
const userinfo = /([a-z][a-z0-9+.-]{0,40}:\/\/)[^\s/?#"<>]*@/gi;

/** A password that holds a raw slash, `?` or `#`: what follows the first colon of the authority is then no port. */
const malformedUserinfo =
  /([a-z][a-z0-9+.-]{0,40}:\/\/)[^\s/?#@:[\]"<>]{0,1000}:(?!\d{0,6}(?:[/?#\s"<>),;|]|$))[^\s/?#@"<>]{0,1000}[/?#][^\s"<>,|]{0,1000}@/gi;

/** `user:password@host`, as people write proxies without a scheme. */
const barePassword = /(^|[\s=,;|"'(])[^\s/@:=,;|"'(]{1,1000}:[^\s/@"'<>]{1,1000}@(?=[a-z0-9[])/gi;

const secretParameter =
  /([?&;#][^=\s&;#"<>]{0,60}(?:token|key|sig|secret|pass|pwd|auth|credential|session)[^=\s&;#"<>]{0,60}=)[^\s&#"<>]*/gi;

/**
 * Cuts user names, passwords and tokens out of every URL in a text: whatever stands before `@` in an authority, and the
 * values of query and fragment parameters whose name means a secret (token, key, signature, password, …). Everything
 * that is printed, logged or stored and may hold a URL comes through here.
 */
export function redactUrl(text: string): string {
  const withoutUsers = text.includes("@")
    ? text.replace(malformedUserinfo, `$1${mark}@`).replace(userinfo, `$1${mark}@`).replace(barePassword, `$1${mark}@`)
    : text;
  return withoutUsers.includes("=") ? withoutUsers.replace(secretParameter, `$1${mark}`) : withoutUsers;
}
