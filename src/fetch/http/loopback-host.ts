/**
 * Whether the host of a URL is this machine, without asking a resolver. `host` is what the URL parser made of it, without
 * brackets: that writes every IPv4 address as four numbers, so `127.evil.example` is a name, and somebody else's.
 */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
