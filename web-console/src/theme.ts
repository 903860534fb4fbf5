// Colours and sizes. Every pair of text and ground reaches a contrast of 4.5 (WCAG AA), light and dark; Mantine's own greys don't.
import { createTheme, Loader, Modal, Notification, Table, Tooltip, type CSSVariablesResolver } from '@mantine/core';

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  respectReducedMotion: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: "Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  black: '#191a23',
  headings: { fontWeight: '660' },
  colors: {
    iris: [
      '#eef0ff',
      '#dfe2ff',
      '#c7cdfe',
      '#a5b4fc',
      '#939ffa',
      '#6d74f0',
      '#5a5ce6',
      '#4f46e5',
      '#4338ca',
      '#352ba3',
    ],
    dark: [
      '#eceef6',
      '#c4c8d8',
      '#a9aec2',
      '#8388a0',
      '#3a3d4b',
      '#2b2d38',
      '#21222b',
      '#15161d',
      '#0f1015',
      '#0a0b0f',
    ],
  },
  components: {
    Modal: Modal.extend({
      defaultProps: {
        ...{ centered: true, closeButtonProps: { 'aria-label': 'Close' } },
        // It is a <header>, which outside of an article would be the page's.
        attributes: { header: { role: 'presentation' } },
      },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'sm' } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: false } } }),
    Loader: Loader.extend({ defaultProps: { size: 'sm' } }),
  },
});

/** Text on a tint of its own colour: what "light" badges, alerts and buttons have. */
const ON_TINT: Record<string, { light: string; dark: string }> = {
  iris: { light: '#3a30b4', dark: '#b4befc' },
  blue: { light: '#12518f', dark: '#a5d8ff' },
  cyan: { light: '#0b5563', dark: '#99e9f2' },
  teal: { light: '#08603f', dark: '#96f2d7' },
  green: { light: '#1f6b2c', dark: '#b2f2bb' },
  lime: { light: '#44650a', dark: '#d8f5a2' },
  yellow: { light: '#7a4a00', dark: '#ffec99' },
  orange: { light: '#8a3a06', dark: '#ffd8a8' },
  red: { light: '#a8201a', dark: '#ffc9c9' },
  pink: { light: '#96204d', dark: '#fcc2d7' },
  grape: { light: '#7a2291', dark: '#eebefa' },
  violet: { light: '#5227b0', dark: '#d0bfff' },
  indigo: { light: '#2b45ad', dark: '#bac8ff' },
  gray: { light: '#42464f', dark: '#dee2e6' },
};

export const cssVariables: CSSVariablesResolver = () => {
  const onTint = (scheme: 'light' | 'dark') =>
    Object.fromEntries(
      Object.entries(ON_TINT).flatMap(([color, shades]) => [
        [`--mantine-color-${color}-light-color`, shades[scheme]],
        [`--mantine-color-${color}-outline`, shades[scheme]],
        [`--mantine-color-${color}-text`, shades[scheme]],
      ]),
    );
  return {
    variables: {},
    light: {
      ...onTint('light'),
      '--mantine-color-dimmed': '#575b6d',
      '--mantine-color-placeholder': '#63677a',
      '--mantine-color-error': '#a8201a',
      '--mantine-color-success': '#0a6b42',
      '--mantine-color-disabled-color': '#6b6f80',
      '--mantine-color-default-border': '#c9ccd6',
      '--mantine-color-anchor': '#4338ca',
    },
    dark: {
      ...onTint('dark'),
      '--mantine-color-dimmed': '#a9aec2',
      '--mantine-color-placeholder': '#9095ab',
      '--mantine-color-error': '#ffb4ab',
      '--mantine-color-success': '#7be0ae',
      '--mantine-color-disabled-color': '#9397a9',
      '--mantine-color-anchor': '#b4befc',
    },
  };
};
