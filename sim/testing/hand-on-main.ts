/** `node hand-on-main.ts FROM TO`, both as JSON (`End`): says a line when it listens. */
import { createServer } from 'node:net';
import { handOn } from './hand-on.ts';

const [from, to] = process.argv.slice(2).map((word) => JSON.parse(word));
createServer(handOn(to)).listen(from, () => console.log('listening'));
