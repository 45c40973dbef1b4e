/** An agent's machine being set up: staff make a one-time code, and the installer runs `edge-agent join` with it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AgentCode } from '@lockerhub/protocol/http/staff.ts';
import type { HubLink } from '../walk/hub-link.ts';
import { AGENT } from './programs.ts';

export interface Joining {
  /** Signed in as staff who may set up banks. */
  readonly staff: Pick<HubLink, 'ask'>;
  /** Of the hub's pages: `http://host:port`. */
  readonly hub: string;
  readonly bank: string;
  /** The agent's; one that has joined already is left alone. */
  readonly folder: string;
}

/** @throws Error with what the agent said */
export async function joinByCode({ staff, hub, bank, folder }: Joining): Promise<void> {
  if (existsSync(join(folder, 'identity.json'))) return;
  const { code } = await staff.ask('POST', `/api/v1/banks/${bank}/agents`, AgentCode);
  const words = [AGENT, 'join', code, '--hub', new URL(hub).host, '--folder', folder];
  await promisify(execFile)(process.execPath, words);
}
