/**
 * A real Chromium for tests and pictures, out of an npm package, on a machine that has none.
 *
 * `@sparticuz/chromium` carries a headless Chromium, fonts, and (for Amazon Linux 2023) the shared libraries that a
 * bare Linux lacks, NSS above all. It unpacks into the folder for temporary files under fixed names and looks for
 * "is it there already" without a lock; so it is let loose in a fresh folder, in a process of its own, and the
 * result is moved into place at once: whoever starts at the same time sees nothing or everything.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const PACKAGE = '@sparticuz/chromium';
/** The package unpacks its own libraries only if it believes it runs on Amazon Linux 2023. */
const AS_ON_AMAZON_LINUX = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
const UNPACK = `import chromium from '${PACKAGE}'; await chromium.executablePath();`;
/** 64 MB of brotli take 2 to 5 s; a loaded machine gets plenty. */
const UNPACK_WITHIN_MS = 120_000;
const LAUNCH_WITHIN_MS = 60_000;

/** The package's own list names Lambda's folders; ours names the unpacked one, and what the machine has. */
const FONTS_CONF = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

const FLAGS = [
  // Tests run as root in bare containers, where Chromium's own sandbox cannot start.
  '--no-sandbox',
  '--no-zygote',
  // A container's /dev/shm may have 64 MB.
  '--disable-dev-shm-usage',
  // Nothing may be asked of the internet.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--no-pings',
  // The same picture on every machine.
  '--font-render-hinting=none',
  '--hide-scrollbars',
  '--disable-gpu',
  // A camera that shows a test picture.
  '--use-fake-device-for-media-stream',
];
/** What becomes of a page's wish for the camera; nobody is there to be asked. */
const CAMERA_WISHES = {
  allowed: '--use-fake-ui-for-media-stream',
  refused: '--use-fake-ui-for-media-stream=deny',
} as const;

/** Whether this machine can run the packaged Chromium at all: it is built for Linux x64 only. */
export const canLaunchBrowser = process.platform === 'linux' && process.arch === 'x64';

export interface BrowserOptions {
  /** What its camera sees: a file of `fake-camera.ts`; a test picture without it. */
  readonly video?: string;
  readonly camera?: keyof typeof CAMERA_WISHES;
}

/** Starts a headless Chromium. The caller closes it. The first call on a machine unpacks it (a few seconds). */
export async function launchBrowser({ video, camera = 'allowed' }: BrowserOptions = {}): Promise<Browser> {
  const folder = await unpackedChromium();
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    headless: true,
    args: [...FLAGS, CAMERA_WISHES[camera], ...(video ? [`--use-file-for-fake-video-capture=${video}`] : [])],
    timeout: LAUNCH_WITHIN_MS,
    env: {
      ...process.env,
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      FONTCONFIG_PATH: join(folder, 'fonts'),
      LD_LIBRARY_PATH: [join(folder, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    },
  });
}

/** The folder of the unpacked Chromium of the installed version; unpacks it if this is the first to ask. */
async function unpackedChromium(): Promise<string> {
  const home = packageFolder();
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
  // Beside the packages: no other user of the machine can put a browser of theirs there first.
  const cache = join(home, '..', '..', '.cache', 'lockerhub');
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(`${folder}-`);
  try {
    await unpackInto(fresh);
    await rename(fresh, folder).catch((error: NodeJS.ErrnoException) => {
      // Another process was first; its copy is as good.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}

async function unpackInto(folder: string): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', UNPACK], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...AS_ON_AMAZON_LINUX, TMPDIR: folder },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: UNPACK_WITHIN_MS,
  });
  const [exitCode, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (exitCode !== 0) {
    throw new Error(
      `${PACKAGE} did not unpack (${signal ?? `exit ${exitCode}`}); is there 300 MB of free disk?`,
    );
  }
  await writeFile(join(folder, 'fonts', 'fonts.conf'), FONTS_CONF);
}

/** `.../node_modules/@sparticuz/chromium`. */
function packageFolder(): string {
  const entry = createRequire(import.meta.url).resolve(PACKAGE);
  let folder = dirname(entry);
  while (!existsSync(join(folder, 'bin'))) folder = dirname(folder);
  return folder;
}
