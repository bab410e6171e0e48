import { z } from 'zod';
import type { Extension } from '../../domain/extension/extension';
import { EXAMPLE, id } from './example-values';

type ExtensionJson = z.infer<typeof EXTENSION>;

export const EXTENSION = z
  .object({
    id,
    type: z.enum(['1', '2', '3']).describe('1 SIP terminal, 2 SIP gateway, 3 ordinary telephone'),
    user: z
      .string()
      .meta({ examples: [EXAMPLE.sipUser] })
      .nullable()
      .describe('type 1: its SIP user name'),
    password: z.string().nullable().describe('told once, by the answer that creates the extension'),
    ipaddr: z.string().nullable().describe('type 2: <ip>[:port]'),
    telnum: z.string().nullable().describe('types 2 and 3'),
    enable: z.boolean().describe('whether it can be rung now'),
  })
  .meta({ id: 'Extension' });

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
