import { z } from 'zod';
import type { AppId } from '../../../domain/ids';
import { nearestName } from '../../../domain/nearest-name';
import { Refusal } from '../../../domain/refusal';
import { SoundRefused, type Sounds } from '../../../ports/sounds';
import { EXAMPLE } from '../example-values';
import { parameterProblem } from '../http-problem';
import { operation, type Operation } from '../operation';
import { soundNameProblem } from '../sound-name';

const MAX_SOUND_BYTES = 16 * 1024 * 1024;

const SOUND = z
  .object({
    name: z.string().meta({ description: 'as enqueue documents name it', examples: [EXAMPLE.sound] }),
    bytes: z.int().meta({ examples: [32_044] }),
    seconds: z
      .number()
      .nullable()
      .meta({
        description: 'how long it plays; null: the file does not say',
        examples: [2],
      }),
  })
  .meta({ id: 'Sound' });

export function soundRoutes(sounds: Sounds): readonly Operation[] {
  const notFound = async (app: AppId, name: string): Promise<Refusal> => {
    const known = await sounds.list(app);
    const nearest = nearestName(
      name,
      known.map((each) => each.name),
    );
    return new Refusal('sound-not-found', { name, ...(nearest === undefined ? {} : { nearest }) });
  };

  return [
    operation({
      method: 'put',
      path: '/callcenter/sound/{name}',
      summary: "Put a sound into the application's folder, in the place of one of this name",
      role: 'admin',
      content: { types: ['audio/*', 'application/octet-stream'], maxBytes: MAX_SOUND_BYTES },
      data: SOUND,
      refusals: [],
      run: async ({ application, params: { name }, content }) => {
        const problem = soundNameProblem(name);
        if (problem !== undefined) throw parameterProblem('name', problem);
        if (content.length === 0) throw parameterProblem('body', { zh: '缺少声音内容', en: 'is empty' });
        try {
          return await sounds.put(application.id, name, content);
        } catch (error) {
          if (!(error instanceof SoundRefused)) throw error;
          throw parameterProblem('body', error.text);
        }
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/sound/{name}',
      summary: 'Tell what is known of a sound',
      role: 'read',
      data: SOUND,
      refusals: ['sound-not-found'],
      run: async ({ application: { id: app }, params: { name } }) => {
        const found = soundNameProblem(name) === undefined ? await sounds.find(app, name) : undefined;
        if (found === undefined) throw await notFound(app, name);
        return found;
      },
    }),
    operation({
      method: 'get',
      path: '/callcenter/sound',
      summary: "List the sounds in the application's folder, in order of name",
      role: 'read',
      data: z.array(SOUND),
      refusals: [],
      run: async ({ application }) => [...(await sounds.list(application.id))],
    }),
    operation({
      method: 'delete',
      path: '/callcenter/sound/{name}',
      summary: "Delete a sound from the application's folder",
      role: 'admin',
      refusals: ['sound-not-found'],
      run: async ({ application: { id: app }, params: { name } }) => {
        const isGone = soundNameProblem(name) === undefined && (await sounds.remove(app, name));
        if (!isGone) throw await notFound(app, name);
        return null;
      },
    }),
  ];
}
