import type { CallCenter } from '../../ports/call-center';
import type { ExpressionParser, XmlParser } from '../../ports/parsing';
import type { Sounds } from '../../ports/sounds';
import type { LocalTime } from './conversation-json';
import type { Operation } from './operation';
import { agentCallRoutes } from './routes/agent-call-routes';
import { agentConversationRoutes } from './routes/agent-conversation-routes';
import { agentRoutes } from './routes/agent-routes';
import { conditionRoutes } from './routes/condition-routes';
import { conversationRoutes } from './routes/conversation-routes';
import { eventRoutes } from './routes/event-routes';
import { extensionRoutes } from './routes/extension-routes';
import { planRoutes } from './routes/plan-routes';
import { queueRoutes } from './routes/queue-routes';
import { soundRoutes } from './routes/sound-routes';

/** What operations need to do their work. */
export type OperationSurroundings = {
  readonly callCenter: CallCenter;
  readonly sounds: Sounds;
  readonly parseXml: XmlParser;
  readonly parseExpression: ExpressionParser;
  readonly localTime: LocalTime;
  /** What phones authenticate for. */
  readonly sipRealm: string;
};

/** All of the API, but what tells of the process itself. */
export function operationsOn(surroundings: OperationSurroundings): readonly Operation[] {
  const { callCenter, sounds, parseXml, parseExpression, localTime, sipRealm } = surroundings;
  return [
    ...extensionRoutes(callCenter, sipRealm),
    ...agentRoutes(callCenter),
    ...agentCallRoutes(callCenter, parseXml),
    ...agentConversationRoutes(callCenter, parseXml, localTime),
    ...conditionRoutes(callCenter, parseExpression),
    ...planRoutes(callCenter, parseXml),
    ...soundRoutes(sounds),
    ...queueRoutes(callCenter, parseXml, localTime),
    ...conversationRoutes(callCenter, parseXml, localTime),
    ...eventRoutes(callCenter),
  ];
}
