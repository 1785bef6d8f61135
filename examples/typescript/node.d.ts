// The one thing of Node that the client uses, so that it needs no further package.
declare const process: { argv: string[] };
