/** Other releases than that of this tree, made out of it as their maker would: for tests that bring a machine to another one. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signText } from '@lockerhub/deploy/release/signing.ts';
import type { DebianHost } from './debian-host.ts';
import { type PresentRelease, stickIn } from './present-release.ts';

const execute = promisify(execFile);
const SIGNED = ['files.tar.gz', 'install.sh', 'release.json', 'sbom.cdx.json'];

/** A unit that only other releases than the present one have. */
export const BESIDE = 'beside.service';
const BESIDE_UNIT = `[Unit]
Description=Beside the hub

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true

[Install]
WantedBy=multi-user.target

[X-Lockerhub]
Machines=hub
`;

/** The sticks of one machine: that of the present release at `/media/usb`, others beside it. */
export class Sticks {
  /** That of the present release, as seen from here. */
  readonly usb: string;
  readonly #media: string;
  readonly #keyFile: string;

  private constructor(usb: string, media: string, keyFile: string) {
    this.usb = usb;
    this.#media = media;
    this.#keyFile = keyFile;
  }

  static async in(host: DebianHost, release: PresentRelease): Promise<Sticks> {
    return new Sticks(await stickIn(host, release), join(host.folder, 'media'), release.keyFile);
  }

  /** Signs what lies on a stick, as its maker would. */
  async sign(stick: string): Promise<void> {
    const folder = join(this.#media, stick);
    const sumOf = async (name: string) =>
      createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex');
    const lines = await Promise.all(SIGNED.map(async (name) => `${await sumOf(name)}  ${name}\n`));
    await writeFile(join(folder, 'SHA256SUMS'), lines.join(''));
    const { signature } = await signText(lines.join(''), this.#keyFile);
    await writeFile(join(folder, 'SHA256SUMS.sig'), `${signature}\n`);
  }

  /**
   * The present release as another version: its hub's program changed, `OF_RELEASE` in its hub's unit, a unit more
   * (`BESIDE`), and port 9100 open.
   *
   * @returns where the machine finds it
   */
  async add(version: string, changeMain: (text: string) => string): Promise<string> {
    const stick = join(this.#media, version);
    await cp(this.usb, stick, { recursive: true });
    const files = await mkdtemp(join(tmpdir(), 'lockerhub-another-release-'));
    try {
      const packed = join(stick, 'files.tar.gz');
      await execute('tar', ['--extract', '--gzip', '--file', packed, '--directory', files]);
      await changeFiles(files, version, changeMain);
      const asVersion = (text: string) => text.replace(/"version": "[^"]*"/, `"version": "${version}"`);
      await edit(join(stick, 'release.json'), asVersion);
      await cp(join(stick, 'release.json'), join(files, 'release.json'));
      const quickly = ['--create', '--use-compress-program', 'gzip -1'];
      await execute('tar', [...quickly, '--file', packed, '--directory', files, '.']);
    } finally {
      await rm(files, { recursive: true });
    }
    await this.sign(version);
    return `/media/${version}`;
  }
}

async function changeFiles(
  files: string,
  version: string,
  changeMain: (text: string) => string,
): Promise<void> {
  const units = join(files, 'deploy', 'systemd');
  await edit(join(files, 'hub', 'package.json'), (text) =>
    text.replace(/"version": "[^"]*"/, `"version": "${version}"`),
  );
  await edit(join(files, 'hub', 'main.ts'), changeMain);
  await edit(join(units, 'lockerhub-hub.service'), (text) =>
    text.replace('[Service]\n', `[Service]\nEnvironment=OF_RELEASE=${version}\n`),
  );
  await writeFile(join(units, `lockerhub-${BESIDE}`), BESIDE_UNIT);
  await edit(join(files, 'deploy', 'firewall.sh'), (text) =>
    text.replace('tcp dport 22 accept', 'tcp dport { 22, 9100 } accept'),
  );
}

async function edit(file: string, edited: (text: string) => string): Promise<void> {
  await writeFile(file, edited(await readFile(file, 'utf8')));
}
