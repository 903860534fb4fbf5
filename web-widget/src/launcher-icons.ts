// The launcher's two icons, built without innerHTML: a page with Trusted Types refuses HTML strings.

function icon(className: string, path: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

/** A speech bubble with two lines of text. */
export const launcherIcon = (): SVGElement =>
  icon(
    'chat',
    'M5 4.5h14A2.5 2.5 0 0 1 21.5 7v8.5A2.5 2.5 0 0 1 19 18h-6.2L8 21.6V18H5a2.5 2.5 0 0 1-2.5-2.5V7A2.5 2.5 0 0 1 5 4.5ZM7.5 9.4h9M7.5 13.2h5.5',
  );

/** A chevron pointing down. */
export const closeIcon = (): SVGElement => icon('close', 'm6 9.5 6 6 6-6');
