import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface LoopbackServer {
  readonly url: string;
  /** What was asked, in order: `METHOD target`. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A real server on loopback, one for a test. */
export async function serve(answer: Answer): Promise<LoopbackServer> {
  return listen((note) => createServer(note(answer)), "http");
}

/** The same over TLS, with a certificate of its own authority. */
export async function serveTls(answer: Answer): Promise<LoopbackServer & { readonly caFile: string }> {
  const folder = mkdtempSync(join(tmpdir(), "readygo-tls-"));
  const [key, caFile] = [join(folder, "key.pem"), join(folder, "ca.pem")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", [...kind, ...subject, "-keyout", key, "-out", caFile], { stdio: "ignore" });
  const options = { key: readFileSync(key), cert: readFileSync(caFile) };
  const server = await listen((note) => createTlsServer(options, note(answer)), "https");
  return {
    ...server,
    caFile,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function listen(create: (note: (answer: Answer) => Answer) => Server, scheme: string): Promise<LoopbackServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = create((answer) => (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    requests,
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
