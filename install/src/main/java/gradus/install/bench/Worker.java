package gradus.install.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;

/**
 * Our process beside those of the peers: {@code Worker MODEL [--eager]}. Says {@code Gradus} when the model is built; then
 * each line read is {@code for SECONDS} or {@code times STEPS}, and each line written the milliseconds that a step took on
 * average.
 */
public final class Worker {

    private Worker() {
    }

    public static void main(String[] words) throws IOException {
        var step = Models.step(words[0], words.length == 1);
        System.out.println("Gradus");
        var in = new BufferedReader(new InputStreamReader(System.in));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            var request = line.split(" ");
            System.out.println(request[0].equals("for") ? milliseconds(step, Double.parseDouble(request[1]), 1)
                    : milliseconds(step, 0, Long.parseLong(request[1])));
        }
    }

    /** Of one run, on average over so many runs and at least so many seconds of them. */
    static double milliseconds(Runnable action, double seconds, long runs) {
        long began = System.nanoTime();
        long done = 0;
        do {
            action.run();
            done++;
        } while (done < runs || System.nanoTime() - began < 1e9 * seconds);
        return (System.nanoTime() - began) / 1e6 / done;
    }
}
