import { z } from 'zod';
import type { Extension } from '../../domain/extension/extension';

export type ExtensionJson = z.infer<typeof EXTENSION>;

export const EXTENSION = z.object({
  id: z.string(),
  type: z.enum(['1', '2', '3']),
  user: z.string().nullable(),
  password: z.string().nullable().describe('told once, by the answer that creates the extension'),
  ipaddr: z.string().nullable(),
  telnum: z.string().nullable(),
  enable: z.boolean().describe('whether it can be rung now'),
});

/** Only its digest is kept of a password, so nobody but who creates the extension can be told. */
export function extensionJson({ id, line, enabled }: Extension, password: string | null = null): ExtensionJson {
  return {
    id,
    type: line.type,
    user: line.type === '1' ? line.user : null,
    password,
    ipaddr: line.type === '2' ? line.ipaddr : null,
    telnum: line.type === '1' ? null : line.telnum,
    enable: enabled,
  };
}
