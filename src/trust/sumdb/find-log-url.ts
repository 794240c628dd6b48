const china = "sum.golang.google.cn";

/**
 * The URL that a GOSUMDB names besides the database. As for the go command, it is then asked there and nowhere else, no
 * module proxy and not the database's own host; inside China that host goes by another name
 * (cmd/go/internal/modfetch/sumdb.go, dbDial). `undefined` where none is named.
 */
export function findLogUrl(database: string): string | undefined {
  const [name = "", url] = database.trim().split(/\s+/);
  if (url !== undefined) return url;
  return name === china ? `https://${china}` : undefined;
}
