import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { fileSystemOf, networkFileSystem } from './file-system.ts';

test.each([
  ['ext4', 0xef53, 'ext4', undefined],
  ['XFS', 0x58465342, 'xfs', undefined],
  ['btrfs', 0x9123683e, 'btrfs', undefined],
  ['ZFS', 0x2fc12fc1, 'zfs', undefined],
  ['memory', 0x01021994, 'tmpfs', undefined],
  ['the layers of a container', 0x794c7630, 'overlay', undefined],
  ['NTFS by a driver in user space', 0x65735546, 'fuseblk', undefined],
  ['the layers of a container without root', 0x65735546, 'fuse.fuse-overlayfs', undefined],
  ['NFS', 0x6969, 'nfs4', 'NFS'],
  ['CIFS', 0xff534d42, 'cifs', 'SMB'],
  ['CIFS, told as a negative number', 0xff534d42 | 0, 'cifs', 'SMB'],
  ['SMB 2', 0xfe534d42, 'smb3', 'SMB'],
  ['9p', 0x01021997, '9p', '9p'],
  ['Ceph', 0x00c36400, 'ceph', 'Ceph'],
  ['sshfs', 0x65735546, 'fuse.sshfs', 'fuse.sshfs'],
  ['a bucket', 0x65735546, 'fuse.s3fs', 'fuse.s3fs'],
  ['the folder of another machine', 0x65735546, 'virtiofs', 'virtiofs'],
  ['anything in user space that tells no name', 0x65735546, undefined, 'a file system in user space'],
])('%s', (_, type, mounted, wanted) => {
  expect(networkFileSystem({ type, mounted })).toBe(wanted);
});

test('the folder of the tests is found to lie on this machine, where the system tells it', () => {
  const found = fileSystemOf(tmpdir());
  const wanted = { type: expect.any(Number), mounted: expect.stringMatching(/^[a-z0-9.]+$/) };
  expect(found).toEqual(process.platform === 'linux' ? wanted : undefined);
  expect(found && networkFileSystem(found)).toBeUndefined();
});
