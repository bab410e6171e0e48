import { agentId } from '../domain/agent/agent';
import { accountOf } from '../domain/extension/extension';
import type { CommandType, Input } from '../domain/input';
import type { World } from '../domain/world';

type Need<Type extends CommandType> = boolean | ((command: Input<Type>, world: World) => boolean);

/** Whether Asterisk has a part in it. What needs no Asterisk is carried out while Asterisk is away. */
const NEEDS_TELEPHONY: { readonly [Type in CommandType]: Need<Type> } = {
  'create-extension': ({ line }) => line.type !== '3',
  'delete-extension': ({ app, extensionId }, { extensions }) => {
    const extension = extensions.get(extensionId);
    return extension?.app === app && accountOf(extension) !== null;
  },
  'log-in': false,
  'log-out': ({ app, name, force }, { agents }) =>
    force && (agents.get(agentId(app, name))?.callId ?? null) !== null,
  'keep-alive': false,
  'bind-extension': false,
  'set-state': false,
  'set-agent-mode': true,
  'set-call-mode': true,
  'invite-out': true,
  'invite-agent': true,
  dissolve: true,
  reject: true,
  'forward-to-agent': true,
  'call-out': true,
  'call-agent': true,
  'transfer-to-agent': true,
  'transfer-out': true,
  enter: true,
  coach: true,
  exit: true,
  merge: true,
  'set-skills': false,
  'create-condition': false,
  'change-condition': false,
  'delete-condition': false,
  'put-plan': false,
  'delete-plan': false,
  'cancel-task': true,
  'set-task-priority': false,
};

export function needsTelephony<Type extends CommandType>(command: Input<Type>, world: World): boolean {
  const need = NEEDS_TELEPHONY[command.type]; // The row for `type` takes that type of command.
  return typeof need === 'function' ? need(command, world) : need;
}
