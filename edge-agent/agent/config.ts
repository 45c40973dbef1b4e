/** `agent.yaml`: what an installer writes down for an agent in a process of its own. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Slug } from '@lockerhub/protocol/ids.ts';
import { z } from 'zod';
import { readYaml } from '../devices/checked-yaml.ts';
import { AgentError } from '../error.ts';

/** Passwords are made by the hub (43 characters); anything longer than this is a wrong file. */
const MAX_PASSWORD_LENGTH = 256;

const Config = z
  .strictObject({
    /** The hub's MQTT broker: `mqtts://host:port`, or `mqtt://host:port` without TLS. */
    hub: z.url({ protocol: /^mqtts?$/, error: 'write the address of the hub’s broker: mqtts://host:port' }),
    /** For `mqtts`: the file of the building's CA certificate, `ca.pem` of the hub's folder. */
    ca: z.string().min(1).optional(),
    building: Slug,
    username: Slug,
    password: z.string().min(1).max(MAX_PASSWORD_LENGTH).optional(),
    /** Instead of `password`: a file that holds nothing else. */
    passwordFile: z.string().min(1).optional(),
    bankFile: z.string().min(1),
    folder: z.string().min(1),
    /** Serves the kiosk page there and forwards its requests to the hub; absent: no page. */
    kiosk: z
      .strictObject({
        host: z.string().min(1).default('127.0.0.1'),
        port: z.int().min(0).max(65_535),
        /** The hub's pages: `http://host:port`. */
        hub: z.url({ protocol: /^https?$/, error: 'write the address of the hub’s pages: http://host:port' }),
      })
      .optional(),
  })
  .refine(({ password, passwordFile }) => (password === undefined) !== (passwordFile === undefined), {
    path: ['password'],
    message: 'write either password or passwordFile',
  })
  .refine(({ hub, ca }) => hub.startsWith('mqtts:') === (ca !== undefined), {
    path: ['ca'],
    message: 'mqtts needs the building’s CA certificate, and mqtt takes none',
  });

/** An agent's configuration with its files read. */
export interface AgentConfig extends Omit<z.infer<typeof Config>, 'password' | 'passwordFile' | 'ca'> {
  /** In PEM; undefined without TLS. */
  readonly ca: string | undefined;
  readonly password: string;
  readonly bankFileText: string;
}

/**
 * Reads `agent.yaml` and the files that it names, relative to its own folder.
 *
 * @throws AgentError `config-invalid`, naming file, line and key
 */
export function readConfig(path: string): AgentConfig {
  const { password, passwordFile, ca, ...config } = readYaml(readText(path), Config, path, 'config-invalid');
  const here = (file: string) => resolve(dirname(path), file);
  const bankFile = here(config.bankFile);
  return {
    ...config,
    bankFile,
    ca: ca === undefined ? undefined : readText(here(ca)),
    folder: here(config.folder),
    bankFileText: readText(bankFile),
    password: passwordFile === undefined ? (password ?? '') : readPassword(here(passwordFile)),
  };
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
