/** A real Electric for the end-to-end tests of sync, if the environment names one: `npm run test:electric`. */
import { Client } from 'pg';

/** What has to be there, by the names that Electric itself uses. */
const NEEDED = {
  ELECTRIC_URL: 'where it answers, such as http://localhost:3000',
  DATABASE_URL:
    'the database that it follows, as its owner; one of its own for these tests, they leave things in it',
} as const;

export interface RealElectric {
  readonly url: string;
  readonly secret: string | undefined;
  readonly databaseUrl: string;
}

/** The Electric that the environment names; null: a test takes the stand-in. */
export function realElectric(environment: NodeJS.ProcessEnv): RealElectric | null {
  const { ELECTRIC_URL, DATABASE_URL, ELECTRIC_SECRET } = environment;
  if (!ELECTRIC_URL || !DATABASE_URL) return null;
  return { url: ELECTRIC_URL, secret: ELECTRIC_SECRET, databaseUrl: DATABASE_URL };
}

/** In words, what is missing for a run against a real Electric; empty: nothing. */
export async function missingFor(environment: NodeJS.ProcessEnv): Promise<string[]> {
  const unset = Object.entries(NEEDED).filter(([name]) => !environment[name]);
  const electric = realElectric(environment);
  if (!electric) return unset.map(([name, what]) => `${name} is not set: ${what}`);
  return [...(await whyNotElectric(electric.url)), ...(await whyNotPostgres(electric.databaseUrl))];
}

async function whyNotElectric(url: string): Promise<string[]> {
  try {
    const { ok, status } = await fetch(new URL('/v1/health', url));
    return ok ? [] : [`ELECTRIC_URL: ${url} is not ready (${status})`];
  } catch (error) {
    return [`ELECTRIC_URL: nothing answers at ${url} (${reasonOf(error)})`];
  }
}

async function whyNotPostgres(connectionString: string): Promise<string[]> {
  const client = new Client({ connectionString });
  try {
    await client.connect();
    const { rows } = await client.query<{ wal_level: string }>('show wal_level');
    const level = rows[0]?.wal_level;
    return level === 'logical' ? [] : [`DATABASE_URL: its wal_level is ${level}; Electric needs "logical"`];
  } catch (error) {
    return [`DATABASE_URL: no connection (${reasonOf(error)})`];
  } finally {
    await client.end();
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
