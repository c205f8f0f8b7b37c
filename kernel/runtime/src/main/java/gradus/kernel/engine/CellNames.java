package gradus.kernel.engine;

import java.util.regex.Pattern;

/** The names that the engine gives to what it wraps around the code of cells, and how they are taken off again. */
final class CellNames {

    /** The methods that run the statements of a cell begin so. */
    static final String STEP = "do$";
    /** The method that runs all steps. */
    static final String RUN = "run$";
    /** The field that counts the pieces that have been done. */
    static final String DONE = "done$";

    /** {@code notebook.In3}, {@code notebook.In3_2$Point}: the class around a cell and its members. */
    private static final Pattern CLASS = Pattern.compile("notebook[./](In\\d+(?:_\\d+)?)((?:\\$.*)?)");

    private CellNames() {
    }

    /** Whether this is the class around a cell, not a class that a cell declares; dots or slashes. */
    static boolean isCellClass(String className) {
        var matcher = CLASS.matcher(className);
        return matcher.matches() && matcher.group(2).isEmpty();
    }

    /** Whether a class was compiled from a cell. */
    static boolean isOfCell(String className) {
        return CLASS.matcher(className).matches();
    }

    /** The simple name of the class around the cell that a class was compiled from. */
    static String cellClass(String className) {
        var matcher = CLASS.matcher(className);
        return matcher.matches() ? matcher.group(1) : "";
    }

    /** A class name as its author wrote it: without the class around the cell. */
    static String userName(String className) {
        var matcher = CLASS.matcher(className);
        return matcher.matches() && matcher.group(2).length() > 1
                ? matcher.group(2).substring(1).replace('$', '.') : className;
    }

    /** A message of the compiler or the JVM without the class around the cell. */
    static String userText(String text) {
        return text.replaceAll("\\bnotebook\\.In\\d+(?:_\\d+)?[.$]", "");
    }

    /** Whether a method is one that no author wrote. */
    static boolean isOurs(String method) {
        return method.startsWith(STEP) || method.equals(RUN);
    }
}
