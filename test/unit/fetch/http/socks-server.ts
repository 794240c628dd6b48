import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface SocksServer {
  readonly port: number;
  /** What it was asked for: `HOST:PORT`, with `USER:PASSWORD@` where it asked for them. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A SOCKS5 proxy on loopback (RFC 1928, RFC 1929) that leads every name to this machine. */
export async function serveSocks(user?: string): Promise<SocksServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    void answer(socket, user, asked, sockets);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    asked,
    port: (server.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function answer(socket: Socket, user: string | undefined, asked: string[], sockets: Set<Socket>): Promise<void> {
  const method = user === undefined ? 0 : 2;
  const greeting = await nextChunk(socket);
  if (greeting[0] !== 5) {
    socket.destroy();
    return;
  }
  socket.write(Buffer.from([5, method]));
  let name = "";
  if (method === 2) {
    const words = await nextChunk(socket);
    const end = 2 + (words[1] ?? 0);
    name = `${words.subarray(2, end).toString()}:${words.subarray(end + 1).toString()}`;
    socket.write(Buffer.from([1, name === user ? 0 : 1]));
    if (name !== user) return;
  }
  const request = await nextChunk(socket);
  const length = request[4] ?? 0;
  const [host, at] =
    request[3] === 3
      ? [request.subarray(5, 5 + length).toString(), 5 + length]
      : [[...request.subarray(4, 8)].join("."), 8];
  const port = request.readUInt16BE(at);
  asked.push(`${name === "" ? "" : `${name}@`}${host}:${port}`);
  const origin = connect(port, "127.0.0.1", () => {
    socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
    socket.pipe(origin).pipe(socket);
  });
  sockets.add(origin);
  origin.on("error", () => socket.destroy());
}

function nextChunk(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    socket.once("data", (chunk: Buffer) => {
      socket.pause();
      resolve(chunk);
      setImmediate(() => socket.resume());
    });
  });
}
