/**
 * A Debian machine of the test's own: a tree by debootstrap, booted with its own systemd by systemd-nspawn, in a network
 * of its own. Needs root on Linux, debootstrap and systemd-container.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { madeOnce } from './made-once.ts';
import { waitFor } from './wait-for.ts';

const execute = promisify(execFile);
/** A mirror on a slow line. */
const DEBOOTSTRAP_WITHIN_MS = 600_000;
const BOOT_WITHIN_MS = 60_000;
const RUN_WITHIN_MS = 120_000;
/** What a building's machine has, and no more. */
const PACKAGES = 'systemd,systemd-sysv,openssl,nftables,iproute2';

/** Whether such a machine can be made here. */
export const canBootDebian =
  process.getuid?.() === 0 && existsSync('/usr/sbin/debootstrap') && existsSync('/usr/bin/systemd-nspawn');

export interface Ran {
  readonly code: number;
  /** What it printed, errors included. */
  readonly said: string;
}

export class DebianHost {
  /** Its file system, as seen from here. */
  readonly folder: string;
  #machine: ChildProcess | undefined;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** A machine that was never started. @param suite such as `bookworm` */
  static async make(suite: string): Promise<DebianHost> {
    const archive = await archiveOf(suite);
    const folder = await mkdtemp(join(tmpdir(), `lockerhub-${suite}-`));
    await execute('tar', ['--extract', '--file', archive, '--directory', folder]);
    // The root of a file system is everybody's to look into.
    await chmod(folder, 0o755);
    return new DebianHost(folder);
  }

  /** Starts it; resolves when its services are up. */
  async boot(): Promise<void> {
    const flags = ['--quiet', '--register=no', '--keep-unit', '--private-network', '--boot'];
    this.#machine = spawn('systemd-nspawn', [...flags, '--directory', this.folder], { stdio: 'ignore' });
    // "degraded": some unit of Debian's own does without a kernel of its own.
    const isUp = async () => /running|degraded/.test((await this.run('systemctl', 'is-system-running')).said);
    await waitFor(() => isUp().catch(() => false), BOOT_WITHIN_MS, 'the machine to be up');
  }

  /** Runs a program on it to its end. */
  async run(program: string, ...parameters: readonly string[]): Promise<Ran> {
    const pid = await this.firstProcess();
    try {
      const { stdout, stderr } = await execute('nsenter', ['-t', pid, '-a', '--', program, ...parameters], {
        timeout: RUN_WITHIN_MS,
      });
      return { code: 0, said: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
      if (typeof code !== 'number') throw error;
      return { code, said: `${stdout}${stderr}` };
    }
  }

  /** Pulls its plug, if it runs, and takes its disk away. */
  async end(): Promise<void> {
    if (this.#machine) {
      const ended = new Promise((resolve) => this.#machine?.once('close', resolve));
      process.kill(Number(await this.firstProcess()), 'SIGKILL');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Process 1 of the machine: the only child of what runs it. */
  async firstProcess(): Promise<string> {
    const machine = this.#machine?.pid;
    if (machine === undefined) throw new Error('the machine was not booted');
    const children = await readFile(`/proc/${machine}/task/${machine}/children`, 'utf8');
    const [first] = children.split(' ');
    if (!first) throw new Error('the machine is not up yet');
    return first;
  }
}

/** A tree of that Debian, packed. */
async function archiveOf(suite: string): Promise<string> {
  const folder = await madeOnce(`debian-${suite}`, PACKAGES, (empty) =>
    bootstrap(suite, join(empty, 'tree.tar')),
  );
  return join(folder, 'tree.tar');
}

async function bootstrap(suite: string, archive: string): Promise<void> {
  const tree = await mkdtemp(join(tmpdir(), 'lockerhub-debootstrap-'));
  try {
    await execute('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, suite, tree], {
      timeout: DEBOOTSTRAP_WITHIN_MS,
    });
    const whole = ['--file', archive, '--directory', tree, ...(await readdir(tree))];
    await execute('tar', ['--create', ...whole]);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}
