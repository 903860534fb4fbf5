// Entry of the console.
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './console.css';
import './trusted-styles.js';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { reloadOnce } from './reload-once.js';

// After an update, a page that is still open asks for files that are gone.
window.addEventListener('vite:preloadError', (event) => {
  if (reloadOnce()) event.preventDefault();
});

createRoot(document.getElementById('app')!).render(<App />);
