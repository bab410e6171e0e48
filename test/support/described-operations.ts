import { parseExpression } from '../../src/adapters/expression/jsep-expression';
import { operationsOn } from '../../src/adapters/http/operations';
import { parseXml } from '../../src/adapters/xml/enqueue-xml';
import { RecordingCallCenter } from './http-call-center';
import { RecordingSounds } from './recording-sounds';

/** All of the API as it is described. */
export const OPERATIONS = operationsOn({
  callCenter: new RecordingCallCenter(),
  sounds: new RecordingSounds(),
  parseXml,
  parseExpression,
  localTime: String,
  sipRealm: 'parley',
});
