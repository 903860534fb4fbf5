// /console itself: goes to the first page that one may see.
import { Navigate } from 'react-router';
import { Waiting } from '../parts/load.js';
import { useSession } from '../session/session.js';
import { useAssistants } from './assistant.js';
import { assistantPath, OF_SERVICE, seenOf, sees, WORK } from './navigation.js';

export function Home() {
  const session = useSession();
  const { assistants, chosen } = useAssistants();
  const { me } = session;
  if (me && me.roles.length > 0 && assistants.length === 0) return <Waiting />;
  const ofAssistant = chosen && seenOf(chosen.slug, session)[0];
  const work = WORK.find((item) => sees(item, session));
  const isOperator = chosen ? session.may('operator', chosen.slug) : false;
  if (chosen && ofAssistant && (isOperator || !work)) {
    return <Navigate to={assistantPath(chosen.slug, ofAssistant.path)} replace />;
  }
  const first = work ?? OF_SERVICE.find((item) => sees(item, session));
  return <Navigate to={`/${first?.path ?? 'account'}`} replace />;
}
