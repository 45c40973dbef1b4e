/**
 * A disk whose power can be cut: an ext4 image on a loop device. The ioctl stops the file system at once, without
 * flushing its journal: what was never synced is gone, as when the plug is pulled. Needs root, mkfs.ext4, mount and
 * python3 (Node has no ioctl).
 */
import { execFile } from 'node:child_process';
import { access, mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH (linux/fs/ext4/ext4.h). */
const CUT = `
import fcntl, os, struct, sys
folder = os.open(sys.argv[1], os.O_RDONLY)
fcntl.ioctl(folder, 0x8004587D, struct.pack("I", 2))
`;

/** What keeps this machine from cutting its power, or null if nothing does. */
export async function whyNoPowerCut(): Promise<string | null> {
  if (process.platform !== 'linux') return 'ext4 on a loop device needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root, to mount';
  for (const [command, argument] of [
    ['mkfs.ext4', '-V'],
    ['mount', '--version'],
    ['python3', '--version'],
  ] as const) {
    const there = await execute(command, [argument]).then(
      () => true,
      () => false,
    );
    if (!there) return `it needs ${command}`;
  }
  return access('/dev/loop-control').then(
    () => null,
    () => 'it needs loop devices (/dev/loop-control)',
  );
}

/** An image with a file system, mounted at a folder. */
export class CuttableDisk {
  readonly folder: string;
  readonly #image: string;
  #mounted = false;

  constructor(image: string, folder: string) {
    this.#image = image;
    this.folder = folder;
  }

  /** Makes the image anew and mounts it. */
  async format(megabytes: number): Promise<void> {
    await execute('truncate', ['-s', '0', this.#image]);
    await execute('truncate', ['-s', `${megabytes}M`, this.#image]);
    await execute('mkfs.ext4', ['-q', '-F', this.#image]);
    await mkdir(this.folder, { recursive: true });
    await this.mount();
  }

  async mount(): Promise<void> {
    await execute('mount', ['-o', 'loop', this.#image, this.folder]);
    this.#mounted = true;
  }

  /** Everything written so far reaches the disk, as after a quiet minute. */
  async settle(): Promise<void> {
    await execute('sync', ['-f', this.folder]);
  }

  /** Keeps a copy of the image as it now is; the disk is unmounted for that moment. */
  async keep(): Promise<void> {
    await this.unmount();
    await execute('cp', ['--sparse=always', this.#image, `${this.#image}.kept`]);
    await this.mount();
  }

  /** Puts the kept image back. */
  async restore(): Promise<void> {
    await this.unmount();
    await execute('cp', ['--sparse=always', `${this.#image}.kept`, this.#image]);
    await this.mount();
  }

  /** From here on nothing reaches the disk any more. */
  async cutPower(): Promise<void> {
    await execute('python3', ['-c', CUT, this.folder]);
  }

  async unmount(): Promise<void> {
    if (this.#mounted) await execute('umount', [this.folder]);
    this.#mounted = false;
  }
}
