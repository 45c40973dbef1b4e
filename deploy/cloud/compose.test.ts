/** What the compose file promises, held against its text: no engine runs where the tests do. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const Service = z.object({
  image: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  env_file: z.string().optional(),
  secrets: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  healthcheck: z.unknown().optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()),
});
const text = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8');
const compose = z
  .object({
    services: z.record(z.string(), Service),
    volumes: z.record(z.string(), z.unknown()),
    networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
    secrets: z.record(z.string(), z.object({ file: z.string().startsWith('./secrets/') })),
  })
  .parse(parse(text('compose.yaml')));
const { db, electric, gateway, front, migrate } = compose.services;

it('pins every image to a version', () => {
  for (const { image } of Object.values(compose.services)) expect(image).toMatch(/:\d+\.\d+/);
});

it('gives Electric logical replication, and bounds what its slot may keep', () => {
  expect(db?.command).toEqual(
    expect.arrayContaining(['wal_level=logical', expect.stringMatching(/^max_slot_wal_keep_size=\d+GB$/)]),
  );
  expect(electric?.environment.ELECTRIC_MANUAL_TABLE_PUBLISHING).toBe('true');
});

it('keeps data in named volumes, and secrets in files that are all declared', () => {
  for (const service of Object.values(compose.services)) {
    for (const volume of service.volumes) {
      const [source = ''] = volume.split(':');
      expect(source.startsWith('./') || source in compose.volumes, volume).toBe(true);
    }
    for (const secret of service.secrets) expect(compose.secrets).toHaveProperty(secret);
    expect(JSON.stringify(service)).not.toMatch(/:\/\/[^@"]*:[^@"]*@/);
  }
});

it('lets nothing but the front be reached, and database and Electric reach nobody', () => {
  const open = Object.entries(compose.services).filter(([, { ports }]) => ports.length > 0);
  expect(open.map(([name]) => name)).toEqual(['front']);
  expect(compose.networks.inside?.internal).toBe(true);
  expect([db?.networks, electric?.networks]).toEqual([['inside'], ['inside']]);
});

it('runs the gateway as nobody special, on a file system that it cannot write', () => {
  for (const service of [gateway, migrate]) {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
  }
  const dockerfile = text('Dockerfile');
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
});

it('watches the health of all that stays', () => {
  for (const service of [db, electric, front]) expect(service?.healthcheck).toBeDefined();
});

it('asks every gateway that runs, and tells each that one proxy stands in front', () => {
  expect(text('Caddyfile')).toMatch(/dynamic a gateway 8085/);
  expect(gateway?.command).toContain('--proxies=1');
});

it('shows no picture that is not there, and none that is large', () => {
  const shown = [...text('README.md').matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path]) => path ?? '');
  expect(shown.length).toBeGreaterThan(0);
  for (const path of shown) expect(statSync(join(import.meta.dirname, path)).size).toBeLessThan(150_000);
});
