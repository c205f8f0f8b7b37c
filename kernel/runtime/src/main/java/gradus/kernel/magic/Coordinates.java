package gradus.kernel.magic;

import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;

/** Where a library is found: {@code group:name[:version[:classifier]][@extension]}, as jbang and Gradle write it. */
record Coordinates(String group, String name, Optional<String> version, String classifier, String extension) {

    private static final Pattern FORM = Pattern.compile(
            "([\\w.-]+):([\\w.-]+)(?::([\\w.+\\[\\](),-]+))?(?::([\\w.-]+))?(?:@([\\w.-]+))?");

    static Coordinates of(String text) {
        var found = FORM.matcher(text);
        if (!found.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" names no library: group:name:version is wanted"
                    + "\nsuch as: %maven org.apache.commons:commons-math3:3.6.1");
        }
        return new Coordinates(found.group(1), found.group(2), Optional.ofNullable(found.group(3)),
                Optional.ofNullable(found.group(4)).orElse(""), Optional.ofNullable(found.group(5)).orElse("jar"));
    }

    /** Whether it is a list of versions for other libraries. */
    boolean isBom() {
        return extension.equals("pom");
    }

    /** @param otherwise the version when none was written */
    Artifact artifact(String otherwise) {
        return new DefaultArtifact(group, name, classifier, extension, version.orElse(otherwise));
    }
}
