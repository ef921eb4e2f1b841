const SIDE = 96;

/**
 * Return a small picture of an image file as a data address, or '' if the browser cannot read it.
 * Small, because a draft may have many; a data address, because the policy of a page may forbid
 * others.
 *
 * @param {File} file
 */
export async function thumbnailOf(file) {
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return canvas.toDataURL();
  } catch {
    return '';
  }
}
