/**
 * The hub's side of the folder by which it asks the updater for something: a release as it comes in, piece by piece, and
 * what is to be done with it. All of it outlives the hub's own restarts, and none of it is in the hub's folder, which an
 * update may put back.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Id } from '@lockerhub/protocol/ids.ts';
import { Sha256 } from '@lockerhub/protocol/sync/commands.ts';
import { INBOX, MAX_RELEASE_BYTES, type UpdateRequest } from '@lockerhub/protocol/update/files.ts';
import { z } from 'zod';
import { HubError } from '../error.ts';

/** The file itself, the updater's copy, what is unpacked (0.5 GB), and as much again for the store. */
const ROOM_BYTES = 1_500_000_000;

const File = z.object({ file: Id, bytes: z.int().min(1).max(MAX_RELEASE_BYTES) });
/** A release that is to lie in the inbox. */
export type InboxFile = z.infer<typeof File> & { readonly received: number };

const Plan = z.object({
  update: Id,
  file: Id,
  mayBeOlder: z.boolean(),
  atMs: z.number(),
});
/** An update that waits for its hour. */
export type Plan = z.infer<typeof Plan>;

const Order = z.object({
  update: Id,
  file: Id,
  version: z.string(),
  sha256: Sha256,
  bytes: z.int().min(1).max(MAX_RELEASE_BYTES),
  /** By the hub's own clock, from when it was asked. */
  untilMs: z.number(),
});
/** A release that an operator in the cloud wants here: fetched from there first. */
export type Order = z.infer<typeof Order>;

export class Inbox {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes room for a release in the place of the one before. @throws HubError `update-no-room` */
  async expect(file: string, bytes: number): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.drop();
    const { bavail, bsize } = await statfs(this.#folder);
    if (bavail * bsize < ROOM_BYTES + bytes) {
      const [free, needed] = [bavail * bsize, ROOM_BYTES + bytes].map((each) => Math.ceil(each / 1e6));
      throw new HubError('update-no-room', `${free} MB are free on the hub’s disk; ${needed} MB are needed`);
    }
    await this.#replace('file.json', JSON.stringify({ file, bytes }));
  }

  /** What is there of the release; null: none is expected. */
  async file(): Promise<InboxFile | null> {
    const file = await this.#read('file.json', File);
    if (!file) return null;
    const received = await stat(this.#path(INBOX.release)).then(
      ({ size }) => size,
      () => 0,
    );
    return { ...file, received };
  }

  /** Appends a piece; on the disk when it returns. @param at how much has come before it */
  async append(at: number, piece: Uint8Array): Promise<void> {
    const target = await open(this.#path(INBOX.release), at === 0 ? 'w' : 'r+', 0o600);
    try {
      await target.write(piece, 0, piece.length, at);
      await target.sync();
    } finally {
      await target.close();
    }
  }

  /** Takes the release away. */
  async drop(): Promise<void> {
    for (const name of ['file.json', INBOX.release]) await rm(this.#path(name), { force: true });
  }

  /** What the updater was asked for and has not taken yet. */
  async isAsked(): Promise<boolean> {
    return stat(this.#path(INBOX.request)).then(
      () => true,
      () => false,
    );
  }

  async ask(request: UpdateRequest): Promise<void> {
    await this.#replace(INBOX.request, JSON.stringify(request));
  }

  plan(): Promise<Plan | null> {
    return this.#read('plan.json', Plan);
  }

  async setPlan(plan: Plan): Promise<void> {
    await this.#replace('plan.json', JSON.stringify(plan));
  }

  async dropPlan(): Promise<void> {
    await rm(this.#path('plan.json'), { force: true });
  }

  order(): Promise<Order | null> {
    return this.#read('order.json', Order);
  }

  async setOrder(order: Order): Promise<void> {
    await this.#replace('order.json', JSON.stringify(order));
  }

  async dropOrder(): Promise<void> {
    await rm(this.#path('order.json'), { force: true });
  }

  /** Of the release as it lies there. */
  async sha256(): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(this.#path(INBOX.release))) hash.update(chunk);
    return hash.digest('hex');
  }

  /** Null: it is not there, or not whole, as after a power cut: then it never counted. */
  async #read<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.infer<Schema> | null> {
    return readFileAs(this.#path(name), schema);
  }

  async #replace(name: string, text: string): Promise<void> {
    await writeFile(`${this.#path(name)}.new`, text, { mode: 0o600, flush: true });
    await rename(`${this.#path(name)}.new`, this.#path(name));
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

/** A file of JSON. Null: it is not there, or holds something else. */
export async function readFileAs<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.infer<Schema> | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
