/**
 * Machines on a network of the test's own: each in a network namespace, its cables virtual, all of the LAN at one switch.
 * Nothing of it touches this machine's network. Needs root on Linux, iproute2 and util-linux.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type End, handOn } from './hand-on.ts';

const execute = promisify(execFile);
const HAND_ON = fileURLToPath(new URL('./hand-on-main.ts', import.meta.url));
/** A test that was itself killed leaves its machines behind for so long. */
const GONE_AFTER_S = '1800';
/** For private use (RFC 1918). */
const PREFIX = 24;

/** Whether such a network can be made here. */
export const canMakeLan =
  process.getuid?.() === 0 && existsSync('/usr/sbin/ip') && existsSync('/usr/bin/nsenter');

/** A network port: of a machine's process, whatever else that is. */
export interface Port {
  /** A process in the machine's network namespace. */
  readonly pid: number | string;
  readonly name: string;
  /** Such as `10.77.0.3`. */
  readonly address: string;
}

/** Runs a program in a machine's network to its end. @returns what it printed */
async function within(pid: number | string, program: string, ...words: readonly string[]): Promise<string> {
  return (await execute('nsenter', ['-t', String(pid), '-n', '--', program, ...words])).stdout;
}

export class Lan {
  /** Who sits on the LAN beside the building's machines: staff, couriers, and whoever else is in that network. */
  readonly guest: Host;
  readonly #hosts: Host[];
  readonly #folder: string;
  readonly #servers: Server[] = [];
  readonly #programs: ChildProcess[] = [];
  #count = 0;

  private constructor(guest: Host, folder: string) {
    this.guest = guest;
    this.#hosts = [guest];
    this.#folder = folder;
  }

  /** A switch, with the guest at it. @param address of the guest */
  static async make(address: string): Promise<Lan> {
    const guest = await Host.make();
    const folder = await mkdtemp(join(tmpdir(), 'lockerhub-lan-'));
    await within(guest.pid, 'ip', 'link', 'add', 'switch', 'type', 'bridge');
    await setUp({ pid: guest.pid, name: 'switch', address });
    return new Lan(guest, folder);
  }

  /** A machine of which there is nothing but its network. */
  async host(): Promise<Host> {
    const host = await Host.make();
    this.#hosts.push(host);
    return host;
  }

  /** Puts a cable from a port to the switch. */
  async connect(port: Port): Promise<Cable> {
    const end = { pid: this.guest.pid, name: `port${this.#count++}` };
    const cable = await Cable.between(port, end);
    await within(end.pid, 'ip', 'link', 'set', end.name, 'master', 'switch', 'up');
    await setUp(port);
    return cable;
  }

  /** Puts a cable between two ports. */
  async join(one: Port, other: Port): Promise<Cable> {
    const cable = await Cable.between(one, other);
    await Promise.all([setUp(one), setUp(other)]);
    return cable;
  }

  /** Lets a machine pass on what reaches it and is for others, as many do. */
  async routes(pid: number | string): Promise<void> {
    await within(pid, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
  }

  /** `address:port` as seen from there, for this process: at 127.0.0.1 and the port that is returned. */
  async reach(from: Pick<Port, 'pid'>, address: string, port: number): Promise<number> {
    const path = join(this.#folder, `${this.#count++}`);
    await this.#startHandingOn(from, { path }, { host: address, port });
    const server = createServer(handOn({ path }));
    this.#servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as { port: number }).port;
  }

  /** What listens here at 127.0.0.1 and `own` is found at that machine's `port` as well. */
  async offer(at: Pick<Port, 'pid'>, port: number, own: number): Promise<void> {
    const path = join(this.#folder, `${this.#count++}`);
    const server = createServer(handOn({ host: '127.0.0.1', port: own }));
    this.#servers.push(server);
    await once(server.listen(path), 'listening');
    await this.#startHandingOn(at, { host: '0.0.0.0', port }, { path });
  }

  async #startHandingOn(at: Pick<Port, 'pid'>, from: End, to: End): Promise<void> {
    const words = ['-t', String(at.pid), '-n', '--', process.execPath, HAND_ON];
    const program = spawn('nsenter', [...words, JSON.stringify(from), JSON.stringify(to)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#programs.push(program);
    await Promise.race([
      once(program.stdout, 'data'),
      once(program, 'exit').then(() => Promise.reject(new Error(`${JSON.stringify(from)} is taken`))),
    ]);
  }

  /** Takes all of it away but for machines that are somebody else's. */
  async end(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const program of this.#programs) program.kill('SIGKILL');
    await Promise.all(this.#hosts.map((host) => host.end()));
    await rm(this.#folder, { recursive: true });
  }
}

/** Brings a port up under its address. */
async function setUp({ pid, name, address }: Port): Promise<void> {
  await within(pid, 'ip', 'address', 'add', `${address}/${PREFIX}`, 'dev', name);
  await within(pid, 'ip', 'link', 'set', name, 'up');
}

export class Cable {
  readonly #end: Pick<Port, 'pid' | 'name'>;

  private constructor(end: Pick<Port, 'pid' | 'name'>) {
    this.#end = end;
  }

  static async between(one: Pick<Port, 'pid' | 'name'>, other: Pick<Port, 'pid' | 'name'>): Promise<Cable> {
    const end = ({ pid, name }: Pick<Port, 'pid' | 'name'>) => ['name', name, 'netns', String(pid)];
    await execute('ip', ['link', 'add', ...end(one), 'type', 'veth', 'peer', ...end(other)]);
    return new Cable(other);
  }

  /** Both ends lose the link, and keep what they were told. */
  async unplug(): Promise<void> {
    await within(this.#end.pid, 'ip', 'link', 'set', this.#end.name, 'down');
  }

  async plug(): Promise<void> {
    await within(this.#end.pid, 'ip', 'link', 'set', this.#end.name, 'up');
  }
}

/** A machine that consists of a network. */
export class Host {
  readonly #process: ChildProcess;

  private constructor(program: ChildProcess) {
    this.#process = program;
  }

  static async make(): Promise<Host> {
    // "echo": only then it has left this machine's network.
    const words = ['--net', 'sh', '-c', `echo && exec sleep ${GONE_AFTER_S}`];
    const program = spawn('unshare', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(program.stdout, 'data');
    const host = new Host(program);
    await within(host.pid, 'ip', 'link', 'set', 'lo', 'up');
    return host;
  }

  get pid(): number {
    if (this.#process.pid === undefined) throw new Error('the machine is gone');
    return this.#process.pid;
  }

  /** Runs a program in its network. @returns what it printed */
  run(program: string, ...words: readonly string[]): Promise<string> {
    return within(this.pid, program, ...words);
  }

  async end(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }
}
