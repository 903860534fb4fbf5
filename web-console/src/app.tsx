// What everything below needs: looks, questions to the service and their answers, who is signed in, where one is.
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router/dom';
import { queries } from './api/queries.js';
import { router } from './routes.js';
import { SessionProvider } from './session/session.js';
import { SignedIn } from './session/signed-in.js';
import { cssVariables, theme } from './theme.js';

const nonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';

export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      cssVariablesResolver={cssVariables}
      getStyleNonce={() => nonce}
    >
      <Notifications position="bottom-right" limit={4} />
      <QueryClientProvider client={queries}>
        <SessionProvider>
          <SignedIn>
            <RouterProvider router={router} />
          </SignedIn>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
