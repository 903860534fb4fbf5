// Every page and its address below /console. A page is loaded when it is opened: add a line here and one in shell/navigation.ts.
import { lazy, type ComponentType } from 'react';
import { Outlet, useParams, useRoutes, type RouteObject } from 'react-router';
import { Home } from './shell/home.js';
import { NotFound } from './shell/not-found.js';
import { PageBoundary } from './shell/page-error.js';
import { Shell } from './shell/shell.js';

/** Loads a page when it is opened. */
const page = (load: () => Promise<{ default: ComponentType }>): ComponentType => lazy(load);

interface PageRoute {
  path: string;
  lazy: ComponentType;
}

const PAGES: PageRoute[] = [
  { path: 'inbox', lazy: page(() => import('./pages/inbox/inbox-page.js')) },
  { path: 'conversations/:id', lazy: page(() => import('./pages/conversation/conversation-page.js')) },
  { path: 'review', lazy: page(() => import('./pages/review/review-page.js')) },
  { path: 'comparisons', lazy: page(() => import('./pages/review/comparisons-page.js')) },
  { path: 'health', lazy: page(() => import('./pages/operations/health-page.js')) },
  { path: 'audit', lazy: page(() => import('./pages/operations/audit-page.js')) },
  { path: 'users', lazy: page(() => import('./pages/access/users-page.js')) },
  { path: 'api-keys', lazy: page(() => import('./pages/access/api-keys-page.js')) },
  { path: 'account', lazy: page(() => import('./pages/access/account-page.js')) },
];

const ASSISTANT_PAGES: PageRoute[] = [
  { path: 'overview', lazy: page(() => import('./pages/assistants/overview-page.js')) },
  { path: 'timeline', lazy: page(() => import('./pages/timeline/timeline-page.js')) },
  { path: 'versions', lazy: page(() => import('./pages/versions/versions-page.js')) },
  { path: 'versions/:version', lazy: page(() => import('./pages/versions/version-page.js')) },
  { path: 'compare', lazy: page(() => import('./pages/compare/compare-page.js')) },
  { path: 'rollouts', lazy: page(() => import('./pages/rollouts/rollouts-page.js')) },
  { path: 'rollouts/:id', lazy: page(() => import('./pages/rollouts/rollout-page.js')) },
  { path: 'training', lazy: page(() => import('./pages/training/training-page.js')) },
  { path: 'training/:id', lazy: page(() => import('./pages/training/run-page.js')) },
  { path: 'feedback', lazy: page(() => import('./pages/feedback/feedback-page.js')) },
  { path: 'prompts', lazy: page(() => import('./pages/prompts/prompts-page.js')) },
  { path: 'playground', lazy: page(() => import('./pages/prompts/playground-page.js')) },
  { path: 'gate-canaries', lazy: page(() => import('./pages/prompts/gate-canaries-page.js')) },
  { path: 'widget', lazy: page(() => import('./pages/widget/widget-page.js')) },
];

/** A page that breaks doesn't take the frame around it along. */
const guarded = (pages: PageRoute[]): RouteObject[] =>
  pages.map(({ path, lazy: Shown }) => ({
    path,
    element: (
      <PageBoundary key={path}>
        <Shown />
      </PageBoundary>
    ),
  }));

/** What somebody has begun to write for one assistant must not stay on the screen for another. */
function OfAssistant() {
  const { slug } = useParams();
  return <Outlet key={slug} />;
}

const ROUTES: RouteObject[] = [
  {
    element: <Shell />,
    children: [
      { index: true, element: <Home /> },
      ...guarded(PAGES),
      { path: 'a/:slug', element: <OfAssistant />, children: guarded(ASSISTANT_PAGES) },
      { path: '*', element: <NotFound /> },
    ],
  },
];

export const Pages = () => useRoutes(ROUTES);
