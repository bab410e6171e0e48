import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand, tryCommand } from './asterisk/run-command';

const ARCHIVE = 'http://deb.debian.org/debian';
/** Debian's testing release: Debian 12 has no Asterisk, and older releases one that is too old. */
const SUITE = 'forky';
/** Its name has changed with the releases of Debian. */
const KEYRINGS = ['gpg', 'pgp'].map((suffix) => `usr/share/keyrings/debian-archive-keyring.${suffix}`);
/** Nothing here is read by a running program. */
const NOT_NEEDED = ['doc', 'man', 'locale', 'info', 'lintian', 'perl5'].map((each) => `./usr/share/${each}`);
const UNPACK =
  'for deb in "$1"/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$2" "${@:3}" || exit 1; done';

export type DebianRoot = {
  /** The folder that is to hold it; in a folder of its own, where work is done and a lock is kept. */
  readonly root: string;
  /** Debian's package. */
  readonly package: string;
  /** As messages name it. */
  readonly name: string;
  /** What to do where Debian's packages cannot be used. */
  readonly elsewhere: string;
  /** Looks at what was unpacked; what it returns is logged. @throws Error when it cannot be used. */
  readonly check: (root: string) => Promise<string>;
};

/**
 * Unpacks a package and all it depends on, down to the C library, into `root`. Nothing is installed on the machine and
 * no rights are needed: apt works on directories of its own, and no script of any package is run. Several processes
 * may call this at once; `root` appears in one piece or not at all.
 *
 * @throws Error that says what is missing and how to get it.
 */
export async function provideDebianRoot(wanted: DebianRoot, log: (line: string) => void): Promise<void> {
  const { root, name, elsewhere } = wanted;
  if (existsSync(root)) return;
  for (const tool of ['setpriv', 'apt-get', 'dpkg-deb', 'tar', 'flock']) {
    if ((await tryCommand(tool, ['--version'])).code === 0) continue;
    throw new Error(`${tool} is missing: ${name} is set up by itself on Debian and Ubuntu only; ${elsewhere}`);
  }
  const parent = dirname(root);
  await mkdir(parent, { recursive: true });
  const unlock = await lock(join(parent, 'lock'));
  try {
    if (existsSync(root)) return; // Another process was faster.
    for (const left of await readdir(parent)) {
      // One that was interrupted left its work behind.
      if (left.startsWith('new-')) await rm(join(parent, left), { recursive: true, force: true });
    }
    log(`setting up a private ${name} in ${root} (80 MB to fetch)`);
    const work = await mkdtemp(join(parent, 'new-'));
    try {
      const packages = await download(wanted.package, work, log);
      const unpacked = join(work, 'root');
      await mkdir(unpacked);
      const excludes = NOT_NEEDED.map((path) => `--exclude=${path}`);
      const unpack = [
        '-o',
        'pipefail',
        '-c',
        UNPACK,
        'unpack',
        packages,
        unpacked,
        '--no-same-owner',
        ...excludes,
      ];
      await runCommand('bash', unpack);
      log(`unpacked ${await wanted.check(unpacked)}`);
      await rename(unpacked, root);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } finally {
    unlock();
  }
}

/**
 * The dynamic loader below `root`, and the folder of libraries of its processor, by which programs there are run. Their
 * names differ by processor: `ld-linux-x86-64.so.2`, `ld-linux-aarch64.so.1`, ...
 */
export async function findLoader(root: string): Promise<{ loader: string; libraries: string }> {
  const lib = join(root, 'usr/lib');
  for (const name of await readdir(lib)) {
    const libraries = join(lib, name);
    if (!/-linux-gnu/.test(name) || !existsSync(join(libraries, 'libc.so.6'))) continue;
    for (const directory of [libraries, lib, join(root, 'usr/lib64')]) {
      const names = existsSync(directory) ? await readdir(directory) : [];
      const loader = names.find((each) => /^ld-linux[^/]*\.so\.\d+$/.test(each));
      if (loader !== undefined) return { loader: join(directory, loader), libraries };
    }
  }
  throw new Error(`${root} holds nothing that can be run; remove it and start again`);
}

/** Fetches the package and all it depends on into a directory below `work`, and returns that. */
async function download(name: string, work: string, log: (line: string) => void): Promise<string> {
  const keyring = await provideKeyring(work);
  for (const directory of ['state/lists/partial', 'cache/archives/partial']) {
    await mkdir(join(work, directory), { recursive: true });
  }
  await writeFile(join(work, 'state/status'), ''); // Nothing counts as installed, so all dependencies come.
  await writeFile(join(work, 'sources.list'), `deb [signed-by=${keyring}] ${ARCHIVE} ${SUITE} main\n`);
  await writeFile(join(work, 'apt.conf'), aptConfig(work, await proxySettings()));
  const env = { ...process.env, APT_CONFIG: join(work, 'apt.conf'), LC_ALL: 'C' };

  const update = (...options: string[]): ReturnType<typeof tryCommand> =>
    tryCommand('apt-get', ['-q', '--error-on=any', ...options, 'update'], { env });
  let options: string[] = [];
  let updated = await update();
  if (updated.code !== 0 && /Release file .* (expired|not valid)/.test(updated.output)) {
    log('the archive has not been refreshed for a while; taking its signed index past its date');
    options = ['-o', 'Acquire::Check-Valid-Until=false'];
    updated = await update(...options);
  }
  if (updated.code !== 0)
    throw new Error(`cannot reach Debian's archive ${ARCHIVE}:\n${updated.output.slice(-2000)}`);
  await runCommand('apt-get', ['-q', '-y', ...options, '--download-only', 'install', name], { env });
  return join(work, 'cache/archives');
}

/** Debian has the keys of its archive; Ubuntu offers them as a package, which is unpacked and not installed. */
async function provideKeyring(work: string): Promise<string> {
  const keyringBelow = (root: string): string | undefined =>
    KEYRINGS.map((path) => join(root, path)).find((path) => existsSync(path));
  const own = keyringBelow('/');
  if (own !== undefined) return own;

  const directory = join(work, 'keyring');
  await mkdir(directory);
  const { code, output } = await tryCommand('apt-get', ['-q', 'download', 'debian-archive-keyring'], {
    cwd: directory,
  });
  if (code !== 0) {
    const way = 'run "apt-get update" as root, or install debian-archive-keyring';
    throw new Error(`the keys of Debian's archive are missing: ${way}\n${output}`);
  }
  const [name] = await readdir(directory);
  await runCommand('dpkg-deb', ['-x', name!, '.'], { cwd: directory });
  const unpacked = keyringBelow(directory);
  if (unpacked === undefined) throw new Error(`${name} holds none of ${KEYRINGS.join(', ')}`);
  return unpacked;
}

/** The machine's way to the network, e.g. a proxy; nothing else of its apt settings is taken over. */
async function proxySettings(): Promise<string> {
  const { output } = await tryCommand('apt-config', ['dump']);
  return output
    .split('\n')
    .filter((line) => /^Acquire::(http|https|Retries)\b/.test(line))
    .join('\n');
}

function aptConfig(work: string, network: string): string {
  return `${network}
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "${work}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "${work}/state";
Dir::State::status "${work}/state/status";
Dir::Cache "${work}/cache";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
`;
}

/** Waits for the lock and takes it. The kernel gives it back should this process die. */
async function lock(path: string): Promise<() => void> {
  const holder = spawn('flock', [path, 'sh', '-c', 'echo taken; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await Promise.race([
    once(holder.stdout, 'data'),
    once(holder, 'exit').then(([code]) => Promise.reject(new Error(`flock ${path} failed (${code})`))),
  ]);
  return () => void holder.stdin.end();
}
