import { readFileSync, statfsSync, statSync } from 'node:fs';

/** The file system on which a folder lies. */
export interface FileSystem {
  /** `f_type` of statfs(2). */
  readonly type: number;
  /** The type as it was mounted (`ext4`, `fuse.sshfs`), where it is known. */
  readonly mounted?: string | undefined;
}

/** Magic numbers of statfs(2), from the kernel's magic.h and the file systems' own sources. */
const NETWORKED: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x7461636f, 'OCFS2'],
  [0x01161970, 'GFS2'],
  [0x19830326, 'BeeGFS'],
  [0x786f4256, 'VirtualBox shared folders'],
  [0xbacbacbc, 'VMware shared folders'],
  [0x2bad1dea, 'inter-machine shared folders'],
]);

const FUSE = 0x65735546;

/** File systems in user space that lie on this machine's own disks. All others may lie anywhere. */
const LOCAL_FUSE = ['fuseblk', 'fuse.fuse-overlayfs'];

/**
 * Names the file system if it is one that another machine may have mounted too: a lock taken here may then not be seen there, so two
 * brokers could open one folder. Undefined for a disk of this machine.
 */
export function networkFileSystem({ type, mounted }: FileSystem): string | undefined {
  // A 32-bit system gives numbers above 2^31 as negative ones.
  const magic = type >>> 0;
  if (magic !== FUSE) return NETWORKED.get(magic);
  if (mounted !== undefined && LOCAL_FUSE.includes(mounted)) return undefined;
  return mounted ?? 'a file system in user space';
}

/** Asks the system what a folder lies on; undefined where its numbers are not Linux's. */
export function fileSystemOf(folder: string): FileSystem | undefined {
  if (process.platform !== 'linux') return undefined;
  const { type } = statfsSync(folder);
  return { type, mounted: mountedAs(statSync(folder).dev) };
}

/** Finds a device in proc(5)'s mountinfo: `36 35 98:0 / /mnt rw,noatime master:1 - ext4 /dev/sda rw`. */
function mountedAs(device: number): string | undefined {
  const [low, high] = [device % 2 ** 32, Math.floor(device / 2 ** 32)];
  const major = ((low >>> 8) & 0xfff) + high * 2 ** 12;
  const minor = (low & 0xff) | ((low >>> 12) & 0xfff00);
  try {
    const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
    const line = lines.find((text) => text.split(' ')[2] === `${major}:${minor}`);
    return line?.split(' - ')[1]?.split(' ')[0];
  } catch {
    return undefined;
  }
}
