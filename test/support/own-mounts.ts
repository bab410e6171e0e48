export type CommandLine = readonly [program: string, ...args: string[]];

/**
 * A command line that runs another one with mounts of its own, which end with it: `mounts` is a script for `sh`, and `$0`
 * in it the folder. It is the same process from the first to the last, so its number and its signals are those of
 * the command. Needs no rights where user namespaces are allowed.
 */
export function withMounts(mounts: string, folder: string, command: CommandLine): CommandLine {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return ['unshare', '--mount', ...user, 'sh', '-ec', `${mounts}\nexec "$@"`, folder, ...command];
}

/** The folder as a disk of its own with so much room, empty at first. */
export function smallDisk(size: string): string {
  return `mount -t tmpfs -o size=${size} tmpfs "$0"`;
}

/** Fills the disk of the folder to the last byte. */
export const FILL = 'cat /dev/zero >"$0/filling" 2>/dev/null || true';

/** The folder and all below it as they are, and nobody can change them. */
export const READ_ONLY = 'mount --bind "$0" "$0"\nmount -o remount,bind,ro "$0"';
