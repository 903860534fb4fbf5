// What everything below needs: looks, questions to the service and their answers, who is signed in, where one is.
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { BrowserRouter } from 'react-router';
import { queries } from './api/queries.js';
import { Pages } from './routes.js';
import { SessionProvider } from './session/session.js';
import { SignedIn } from './session/signed-in.js';
import { cssVariables, theme } from './theme.js';
import { STYLE_NONCE } from './trusted-styles.js';

export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => STYLE_NONCE}
    >
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={queries}>
        <SessionProvider>
          <SignedIn>
            <BrowserRouter basename="/console">
              <Pages />
            </BrowserRouter>
          </SignedIn>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
