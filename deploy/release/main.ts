/**
 * `npm run release`: one file for each kind of machine, out of a commit and nothing else. Twice gives the same bytes.
 *
 * In the file: `install.sh`; `files.tar.gz` with the pinned Node, the sources, what they need of others, the built pages
 * and a store that was never written to; `release.json`; the bill of materials; checksums and their signature.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { makeRelease } from './release.ts';
import { run } from './run.ts';
import { makeKey } from './signing.ts';

const MACHINES = ['x64', 'arm64'] as const;

interface Flags {
  readonly key?: string;
  readonly newKey?: string;
  readonly machine?: (typeof MACHINES)[number];
  readonly out: string;
  readonly commit: string;
}

function program(): Command {
  return new Command('release')
    .description('Make releases of a commit: one file for each kind of machine.')
    .option('--key <file>', 'the Ed25519 key that signs, in PEM; or LOCKERHUB_RELEASE_KEY')
    .option('--new-key <file>', 'make such a key and end')
    .addOption(new Option('--machine <name>', 'only for this one').choices(MACHINES))
    .option('--out <folder>', 'where to', 'release')
    .option('--commit <name>', 'of what', 'HEAD')
    .action(act);
}

async function act(flags: Flags): Promise<void> {
  if (flags.newKey !== undefined) {
    process.stdout.write(
      `${await makeKey(flags.newKey)}keep ${flags.newKey} where no hub is, and a copy elsewhere\n`,
    );
    return;
  }
  const keyFile = flags.key ?? process.env.LOCKERHUB_RELEASE_KEY;
  if (keyFile === undefined) {
    throw new Error('releases are signed: name the key by --key, or make one by --new-key FILE');
  }
  const commit = (await run('git', ['rev-parse', '--verify', `${flags.commit}^{commit}`])).trim();
  const out = resolve(flags.out);
  await mkdir(out, { recursive: true });
  const scratch = await mkdtemp(join(tmpdir(), 'lockerhub-release-'));
  try {
    const machines = MACHINES.filter((each) => flags.machine === undefined || flags.machine === each);
    const say = (what: string) => process.stderr.write(`${what}\n`);
    for (const { file, sha256 } of await makeRelease({ commit, machines, keyFile, scratch, out, say })) {
      process.stdout.write(`${sha256}  ${file}\n`);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

await program()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
