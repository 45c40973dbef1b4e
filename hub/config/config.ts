/** What the hub is told at its start: flags before environment before defaults, each checked, none silently wrong. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { HubError } from '../error.ts';

const DEFAULT_PORT = 8080;
/** IANA's port for MQTT without TLS. */
const DEFAULT_MQTT_PORT = 1883;
/** IANA's port for MQTT over TLS. */
const DEFAULT_MQTTS_PORT = 8883;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

/** A port, and whether somebody asked for it: a default one may give way to the next free one. */
export interface PortChoice {
  readonly port: number;
  /** The flag or variable that asked for it; null for a default. */
  readonly askedBy: string | null;
}

export interface Config {
  readonly dataFolder: string;
  readonly host: string;
  readonly http: PortChoice;
  readonly mqttHost: string;
  readonly mqtt: PortChoice;
  /** MQTT over TLS, on `host`: for agents of their own. */
  readonly mqtts: PortChoice;
  readonly frameOrigin: string | undefined;
  readonly demoUrl: string | undefined;
  readonly backupFolder: string | undefined;
  /** While this file exists no visit begins; a hub that finds it at its start is on trial. */
  readonly heldWhile: string | undefined;
  /** Where it asks for updates, and where the updater says how they stand; undefined: there is no updater. */
  readonly update: { readonly inbox: string; readonly state: string } | undefined;
  readonly smtp: { readonly url: string; readonly from: string } | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

/** The settings by flag; the variable of each is `LOCKERHUB_` and the name in capitals: `--mqtt-port`, `LOCKERHUB_MQTT_PORT`. */
export const SETTINGS = {
  data: 'folder of store, keys and ledgers',
  host: 'address that pages and API listen on (default 127.0.0.1)',
  port: `port of pages and API (default ${DEFAULT_PORT} or the next free one)`,
  'mqtt-host': 'address that the MQTT broker without TLS listens on (default 127.0.0.1: this machine alone)',
  'mqtt-port': `port of the MQTT broker (default ${DEFAULT_MQTT_PORT} or the next free one)`,
  'mqtts-port': `port of MQTT over TLS, on the address of --host (default ${DEFAULT_MQTTS_PORT} or the next free one)`,
  'frame-origin': 'origin that may show the pages in a frame, such as http://127.0.0.1:8090',
  'demo-url': 'where GET /demo leads',
  'backup-folder':
    'folder for a backup each day, on another disk: it must be there (without it none are made)',
  'held-while': 'file that is there while an update is under way: no visit begins then',
  'update-inbox': 'folder in which the hub leaves what it asks the updater for (with update-state)',
  'update-state': 'folder in which the updater says how an update stands (with update-inbox)',
  'smtp-url': 'mail server, such as smtps://user:password@mail.example.org',
  'smtp-from': 'sender of mails, such as "Parcels <parcels@example.org>"',
  'log-level': `one of ${LOG_LEVELS.join(', ')} (default info)`,
} as const;

type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [Name in SettingName]?: string | undefined };

const Port = z.coerce.number().int().min(0).max(65_535);
const Origin = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text.replace(/\/$/, ''),
    'an origin only: http://host:port',
  );

/**
 * Checks flags and environment.
 *
 * @throws HubError `config-invalid`, naming the flag or variable and what it may be.
 */
export function readConfig(
  flags: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const given = (name: SettingName) => {
    const variable = variableOf(name);
    const flag = flags[name];
    if (flag !== undefined) return { text: flag, by: `--${name}` };
    const text = environment[variable];
    return text === undefined ? undefined : { text, by: variable };
  };
  const read = <Value>(name: SettingName, schema: z.ZodType<Value>): Value | undefined => {
    const found = given(name);
    return found && check(found.text, found.by, name, schema);
  };
  const port = (name: 'port' | 'mqtt-port' | 'mqtts-port', standard: number): PortChoice => {
    const asked = read(name, Port);
    return asked === undefined
      ? { port: standard, askedBy: null }
      : { port: asked, askedBy: given(name)?.by ?? null };
  };
  const text = z.string().min(1);
  const host = read('host', text) ?? '127.0.0.1';
  const folder = read('backup-folder', text);
  return {
    dataFolder: resolve(read('data', text) ?? join(homedir(), '.lockerhub')),
    host,
    http: port('port', DEFAULT_PORT),
    mqttHost: read('mqtt-host', text) ?? '127.0.0.1',
    mqtt: port('mqtt-port', DEFAULT_MQTT_PORT),
    mqtts: port('mqtts-port', DEFAULT_MQTTS_PORT),
    frameOrigin: read('frame-origin', Origin)?.replace(/\/$/, ''),
    backupFolder: folder === undefined ? undefined : resolve(folder),
    heldWhile: read('held-while', text),
    update: updateOf(read('update-inbox', text), read('update-state', text)),
    demoUrl: read('demo-url', z.url({ protocol: /^https?$/ })),
    smtp: smtpOf(read('smtp-url', z.url({ protocol: /^smtps?$/ })), read('smtp-from', text)),
    logLevel: read('log-level', z.enum(LOG_LEVELS)) ?? 'info',
  };
}

/** Variables that look like ours and are none: most likely a slip of the pen. */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(Object.keys(SETTINGS).map((name) => variableOf(name as SettingName)));
  return Object.keys(environment).filter((name) => name.startsWith('LOCKERHUB_') && !known.has(name));
}

function variableOf(name: SettingName): string {
  return `LOCKERHUB_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** The value itself is not repeated: it may hold a password. */
function check<Value>(text: string, by: string, name: SettingName, schema: z.ZodType<Value>): Value {
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  throw new HubError(
    'config-invalid',
    `${by}: ${result.error.issues[0]?.message}; it is the ${SETTINGS[name]}`,
    {
      where: by,
    },
  );
}

function smtpOf(url: string | undefined, from: string | undefined): Config['smtp'] {
  if (url === undefined && from === undefined) return undefined;
  if (url === undefined || from === undefined) {
    const missing = url === undefined ? 'smtp-url' : 'smtp-from';
    throw new HubError('config-invalid', `--${missing} is missing: mail needs server and sender`, {
      where: `--${missing}`,
    });
  }
  return { url, from };
}

function updateOf(inbox: string | undefined, state: string | undefined): Config['update'] {
  if (inbox === undefined && state === undefined) return undefined;
  if (inbox !== undefined && state !== undefined) return { inbox: resolve(inbox), state: resolve(state) };
  const missing = inbox === undefined ? 'update-inbox' : 'update-state';
  throw new HubError('config-invalid', `--${missing} is missing: hub and updater need both folders`, {
    where: `--${missing}`,
  });
}
