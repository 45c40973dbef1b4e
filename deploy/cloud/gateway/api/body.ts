/** Bodies of hubs: JSON, compressed or not, never larger than agreed, whatever the sender claims. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MAX_PUSH_BYTES } from '@lockerhub/protocol/sync/hub-messages.ts';
import type { Context } from 'hono';
import type { z } from 'zod';
import { GatewayError } from '../error.ts';

const inflate = promisify(gunzip);
/**
 * What is too large is listened to for a while yet, and forgotten: a client that is cut off while it sends sees a broken
 * connection, and not the answer that tells it to halve its batch.
 */
const LISTEN_TO_BYTES = 2 * MAX_PUSH_BYTES;

/**
 * The request's JSON body, checked.
 *
 * @throws GatewayError `too-large` beyond `MAX_PUSH_BYTES`, sent or inflated: inflating ends there; `request-invalid`
 */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const sent = await readBytes(c.req.raw.body);
  const encoding = c.req.header('content-encoding')?.toLowerCase() ?? 'identity';
  const text = (await decoded(sent, encoding)).toString('utf8');
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = ['body', ...(issue?.path ?? [])].join('.');
  throw new GatewayError('request-invalid', `${where}: ${issue?.message ?? 'does not fit'}`, {
    where,
    cause: parsed.error,
  });
}

async function readBytes(body: ReadableStream<Uint8Array> | null): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_PUSH_BYTES) chunks.length = 0;
    else chunks.push(chunk);
    if (bytes > LISTEN_TO_BYTES) throw tooLarge();
  }
  if (bytes > MAX_PUSH_BYTES) throw tooLarge();
  return Buffer.concat(chunks);
}

async function decoded(sent: Buffer, encoding: string): Promise<Buffer> {
  if (encoding === 'identity') return sent;
  if (encoding !== 'gzip') {
    throw new GatewayError('request-invalid', `content-encoding: "gzip" or none`, {
      where: 'content-encoding',
    });
  }
  try {
    return await inflate(sent, { maxOutputLength: MAX_PUSH_BYTES });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new GatewayError('request-invalid', 'body: is no gzip', { where: 'body', cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('request-invalid', 'body: is no JSON', { where: 'body', cause });
  }
}

function tooLarge(): GatewayError {
  return new GatewayError('too-large', `the body is larger than ${MAX_PUSH_BYTES} bytes: halve the batch`);
}
