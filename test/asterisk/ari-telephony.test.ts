import { describeTelephony } from '../contract/telephony.contract';
import { AriPhoneSystem } from './ari-phone-system';

describeTelephony('A real Asterisk', () => AriPhoneSystem.start());
