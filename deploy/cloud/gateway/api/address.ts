import type { Context } from 'hono';
import type { ApiEnv } from './api.ts';

/**
 * The client's address: of the socket, or where proxies of ours stand in front what the outermost of them saw. What is
 * further left in X-Forwarded-For anybody may have written.
 */
export function addressOf(c: Pick<Context<ApiEnv>, 'env' | 'req'>, proxies: number): string {
  const socket = c.env.incoming.socket.remoteAddress ?? 'unknown';
  if (proxies === 0) return socket;
  const forwarded = (c.req.header('x-forwarded-for') ?? '').split(',').map((part) => part.trim());
  return forwarded.at(-proxies) || socket;
}
