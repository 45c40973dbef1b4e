/** What the gateway is told at its start: flags before environment before defaults, each checked, none silently wrong. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { MailSettings } from '../alarms/mail.ts';
import type { WebhookRules } from '../alarms/webhook.ts';
import type { DatabaseAccess } from '../database/database.ts';
import { invalid, readSecret, readText } from './secrets.ts';

const DEFAULT_PORT = 8085;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
/** More proxies than that before a gateway are a mistake. */
const MAX_PROXIES = 5;

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly database: DatabaseAccess;
  readonly electric: { readonly url: string; readonly secret: string | undefined };
  /** Ed25519: signs heads of logs. */
  readonly signingKey: KeyObject;
  /** How many proxies in front are ours: so many addresses at the end of X-Forwarded-For are believed. */
  readonly proxies: number;
  readonly alarms: AlarmConfig;
  /** Folder of releases for hubs; undefined: none are offered. */
  readonly releases: string | undefined;
  readonly logLevel: LogLevel;
}

/** How alarms leave the cloud. */
export interface AlarmConfig {
  /** Null: this cloud sends no mail. */
  readonly mail: MailSettings | null;
  readonly webhooks: WebhookRules;
}

export interface MigrationConfig {
  /** The database's owner. */
  readonly owner: DatabaseAccess;
  readonly gatewayPassword: string | undefined;
  readonly electricPassword: string | undefined;
  readonly logLevel: LogLevel;
}

type LogLevel = (typeof LOG_LEVELS)[number];

/** The settings by flag; the variable of each is `LOCKERHUB_` and the name in capitals: `--log-level`, `LOCKERHUB_LOG_LEVEL`. */
export const SETTINGS = {
  host: 'address to listen on (default 127.0.0.1)',
  port: `port to listen on (default ${DEFAULT_PORT})`,
  'database-url':
    'Postgres as the role lockerhub_gateway, such as postgres://lockerhub_gateway@db:5432/lockerhub',
  'database-password-file': 'file with the password of that role',
  'electric-url': 'Electric, such as http://electric:3000',
  'electric-secret-file': 'file with ELECTRIC_SECRET',
  'signing-key-file': 'file with an Ed25519 key in PEM (openssl genpkey -algorithm ed25519)',
  proxies: 'how many proxies of yours stand in front, for addresses of clients (default 0)',
  'smtp-url': 'mail server for alarms, such as smtps://alarms@mail.example.org:465',
  'smtp-password-file': 'file with the password of its user',
  'mail-from': 'whom mails of alarms come from, such as Lockerhub <alarms@example.org>',
  releases:
    'folder with the releases that hubs can be brought to, as npm run release names them (default none)',
  'webhooks-to-private': 'yes: webhooks may be in private networks and in the clear (default no)',
  'log-level': `one of ${LOG_LEVELS.join(', ')} (default info)`,
} as const;

/** The settings of `migrate`. */
export const MIGRATION_SETTINGS = {
  'owner-url': 'Postgres as the database’s owner, such as postgres://owner@db:5432/lockerhub',
  'owner-password-file': 'file with the owner’s password',
  'gateway-password-file': 'file with the password that the role lockerhub_gateway gets',
  'electric-password-file': 'file with the password that the role lockerhub_electric gets',
  'log-level': SETTINGS['log-level'],
} as const;

/** The settings of `invite`. */
export const INVITATION_SETTINGS = {
  'database-url': SETTINGS['database-url'],
  'database-password-file': SETTINGS['database-password-file'],
  organisation: 'name of the organisation, such as Linden Homes',
  name: 'name of the administrator',
} as const;

type SettingName = keyof typeof SETTINGS | keyof typeof MIGRATION_SETTINGS | keyof typeof INVITATION_SETTINGS;
export type Settings = { readonly [Name in SettingName]?: string | undefined };
type Environment = Readonly<Record<string, string | undefined>>;

const Port = z.coerce.number().int().min(0).max(65_535);
const Text = z.string().min(1);
const DatabaseUrl = z
  .url({ protocol: /^postgres(ql)?$/ })
  .refine((url) => new URL(url).password === '', 'a password does not belong here, but in a file');
const SmtpUrl = z
  .url({ protocol: /^smtps?$/ })
  .refine((url) => new URL(url).password === '', 'a password does not belong here, but in a file');
const HttpUrl = z
  .url({ protocol: /^https?$/ })
  .refine((url) => new URL(url).search === '', 'an address without a query');

/** Checks flags and environment. @throws GatewayError `config-invalid`, naming the setting and what it may be. */
export function readConfig(flags: Settings, environment: Environment): Config {
  const { read, need, by, secret } = reader(flags, environment);
  const electricUrl = need('electric-url', HttpUrl).replace(/\/$/, '');
  const electricSecret = secret('electric-secret-file');
  if (electricSecret === undefined && !isThisMachine(electricUrl)) {
    throw invalid(
      by('electric-secret-file'),
      `is missing: an Electric that others reach has to ask for a secret`,
    );
  }
  return {
    host: read('host', Text) ?? '127.0.0.1',
    port: read('port', Port) ?? DEFAULT_PORT,
    database: { url: need('database-url', DatabaseUrl), password: secret('database-password-file') },
    electric: { url: electricUrl, secret: electricSecret },
    signingKey: signingKey(need('signing-key-file', Text), by('signing-key-file')),
    proxies: read('proxies', z.coerce.number().int().min(0).max(MAX_PROXIES)) ?? 0,
    alarms: {
      mail: mailSettings(read('smtp-url', SmtpUrl), secret('smtp-password-file'), () =>
        need('mail-from', Text),
      ),
      webhooks: { allowPrivate: read('webhooks-to-private', z.enum(['yes', 'no'])) === 'yes' },
    },
    releases: read('releases', Text),
    logLevel: read('log-level', z.enum(LOG_LEVELS)) ?? 'info',
  };
}

function mailSettings(
  url: string | undefined,
  password: string | undefined,
  from: () => string,
): MailSettings | null {
  return url === undefined ? null : { url, password, from: from() };
}

/** As `readConfig`, for `migrate`. */
export function readMigrationConfig(flags: Settings, environment: Environment): MigrationConfig {
  const { read, need, secret } = reader(flags, environment);
  return {
    owner: { url: need('owner-url', DatabaseUrl), password: secret('owner-password-file') },
    gatewayPassword: secret('gateway-password-file'),
    electricPassword: secret('electric-password-file'),
    logLevel: read('log-level', z.enum(LOG_LEVELS)) ?? 'info',
  };
}

/** As `readConfig`, for `invite`. */
export function readInvitationConfig(flags: Settings, environment: Environment) {
  const { need, secret } = reader(flags, environment);
  const Name = z.string().trim().min(1).max(120);
  return {
    database: { url: need('database-url', DatabaseUrl), password: secret('database-password-file') },
    organisation: need('organisation', Name),
    name: need('name', Name),
  };
}

/** Variables that look like ours and are none: most likely a slip of the pen. */
export function unknownVariables(environment: Environment): string[] {
  const names = [...Object.keys(SETTINGS), ...Object.keys(MIGRATION_SETTINGS)] as SettingName[];
  const known = new Set(names.map(variableOf));
  return Object.keys(environment).filter((name) => name.startsWith('LOCKERHUB_') && !known.has(name));
}

function reader(flags: Settings, environment: Environment) {
  const by = (name: SettingName) => (flags[name] === undefined ? variableOf(name) : `--${name}`);
  const read = <Value>(name: SettingName, schema: z.ZodType<Value>): Value | undefined => {
    const text = flags[name] ?? environment[variableOf(name)];
    if (text === undefined) return undefined;
    const result = schema.safeParse(text);
    if (result.success) return result.data;
    // The value itself is not repeated: it may hold a secret, put there by mistake.
    throw invalid(by(name), `${result.error.issues[0]?.message}; it is the ${describe(name)}`);
  };
  const need = <Value>(name: SettingName, schema: z.ZodType<Value>): Value => {
    const value = read(name, schema);
    if (value === undefined) throw invalid(`--${name}`, `is missing: ${describe(name)}`);
    return value;
  };
  const secret = (name: SettingName): string | undefined => {
    const path = read(name, Text);
    return path === undefined ? undefined : readSecret(path, by(name));
  };
  return { by, read, need, secret };
}

function describe(name: SettingName): string {
  return { ...SETTINGS, ...MIGRATION_SETTINGS, ...INVITATION_SETTINGS }[name];
}

function variableOf(name: SettingName): string {
  return `LOCKERHUB_${name.toUpperCase().replaceAll('-', '_')}`;
}

function signingKey(path: string, by: string): KeyObject {
  const pem = readText(path, by);
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw invalid(by, `${path} holds no private key in PEM`, cause);
  }
  if (key.asymmetricKeyType !== 'ed25519') throw invalid(by, `${path} holds no Ed25519 key`);
  return key;
}

function isThisMachine(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
