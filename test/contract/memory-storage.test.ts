import { Disk, MemoryStorage } from '../support/memory-storage/memory-storage';
import { describeStorage } from './storage.contract';

describeStorage('MemoryStorage', () => {
  const disk = new Disk();
  return {
    connect: () => new MemoryStorage(disk),
    remove: () => undefined,
  };
});
