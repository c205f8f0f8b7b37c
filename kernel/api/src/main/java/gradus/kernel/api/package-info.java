/**
 * What code in a notebook cell, and libraries made for notebooks, may ask of the kernel: show and update output, say
 * how a value looks, talk with what runs in the front end, bring imports along, add magics. Depends on the JDK alone,
 * so a library can use it without being tied to the kernel.
 */
package gradus.kernel.api;
