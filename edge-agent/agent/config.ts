/** `agent.yaml`: what an installer writes down for an agent in a process of its own. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Slug } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { readYaml } from '../devices/checked-yaml.ts';
import { AgentError } from '../error.ts';
import type { HubFinderOptions } from '../link/hub-finder.ts';
import type { PlainHub } from '../link/hub-way.ts';

/** Passwords are made by the hub (43 characters); anything longer than this is a wrong file. */
const MAX_PASSWORD_LENGTH = 256;

/** The hosts that mean this machine: only there may a password cross the network in the clear. */
const LOOPBACK = /^mqtt:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?\/?$/;
/** `host` or `host:port`. */
const NAME = /^(?:\[([0-9a-fA-F:]+)\]|([a-zA-Z0-9._-]+))(?::(\d{1,5}))?$/;

const Config = z
  .strictObject({
    /**
     * Where to look for the hub first, `host` or `host:port` (of MQTT over TLS). An agent that has joined finds its hub
     * without it. Or, for an agent on the hub's own machine, the broker: `mqtt://127.0.0.1:port`.
     */
    hub: z
      .string()
      .refine((hub) => LOOPBACK.test(hub) || NAME.test(hub), {
        error: 'write the hub as host or host:port; mqtt:// is for an agent on the hub’s own machine',
      })
      .optional(),
    building: Slug.optional(),
    username: Slug.optional(),
    password: z.string().min(1).max(MAX_PASSWORD_LENGTH).optional(),
    /** Instead of `password`: a file that holds nothing else. */
    passwordFile: z.string().min(1).optional(),
    bankFile: z.string().min(1),
    /** Where its records are, and who it is: `edge-agent join CODE --folder` of this. */
    folder: z.string().min(1),
    /** Serves the kiosk page there and forwards its requests to the hub; absent: no page. */
    kiosk: z
      .strictObject({
        host: z.string().min(1).default('127.0.0.1'),
        port: z.int().min(0).max(65_535),
        /** The hub's pages: `http://host:port`. Not for an agent that has joined: it knows where its hub is. */
        hub: z
          .url({ protocol: /^https?$/, error: 'write the address of the hub’s pages: http://host:port' })
          .optional(),
      })
      .optional(),
  })
  .superRefine((config, context) => {
    const { password, passwordFile, building, username, hub, kiosk } = config;
    const isPlain = hub?.startsWith('mqtt:') ?? false;
    const complain = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (!isPlain) {
      for (const key of ['building', 'username', 'password', 'passwordFile'] as const) {
        if (config[key] !== undefined) complain([key], 'only for mqtt://: an agent that has joined knows it');
      }
      return;
    }
    if (building === undefined) complain(['building'], 'write the building’s short name');
    if (username === undefined) complain(['username'], 'write the user name that the hub gave for this bank');
    if ((password === undefined) === (passwordFile === undefined)) {
      complain(['password'], 'write either password or passwordFile');
    }
    if (kiosk && kiosk.hub === undefined) complain(['kiosk', 'hub'], 'write the address of the hub’s pages');
  });

/** The hub that the agent has joined. */
export interface JoinedHub {
  /** Where to look first. */
  readonly name: HubFinderOptions['name'];
}

/** An agent's configuration with its files read. */
export interface AgentConfig extends Pick<z.infer<typeof Config>, 'bankFile' | 'folder'> {
  readonly hub: PlainHub | JoinedHub;
  readonly kiosk: { readonly host: string; readonly port: number } | undefined;
  readonly bankFileText: string;
}

/**
 * Reads `agent.yaml` and the files that it names, relative to its own folder.
 *
 * @throws AgentError `config-invalid`, naming file, line and key
 */
export function readConfig(path: string): AgentConfig {
  const config = readYaml(readText(path), Config, path, 'config-invalid');
  const here = (file: string) => resolve(dirname(path), file);
  const bankFile = here(config.bankFile);
  return {
    hub: hubOf(config, here),
    kiosk: config.kiosk,
    bankFile,
    folder: here(config.folder),
    bankFileText: readText(bankFile),
  };
}

function hubOf(config: z.infer<typeof Config>, here: (file: string) => string): PlainHub | JoinedHub {
  const { hub, building = '', username = '', password = '', passwordFile } = config;
  if (hub?.startsWith('mqtt:')) {
    const secret = passwordFile === undefined ? password : readPassword(here(passwordFile));
    return { url: hub, building, username, password: secret, pages: config.kiosk?.hub };
  }
  const [, ipv6, name, port] = NAME.exec(hub ?? '') ?? [];
  const host = ipv6 ?? name;
  if (host === undefined) return { name: undefined };
  return { name: { host, ...(port === undefined ? {} : { port: Number(port) }) } };
}

function readPassword(path: string): string {
  const password = readText(path).trim();
  if (password === '' || password.length > MAX_PASSWORD_LENGTH || /\s/.test(password)) {
    throw new AgentError('config-invalid', `${path} must hold one password and nothing else`);
  }
  return password;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AgentError('config-invalid', `${path} cannot be read: ${why}`, { cause });
  }
}
