/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.it.demo;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import com.google.common.collect.ImmutableList;

/** Everything that section eigenloss trained. */
final class EigenlossResults {
    private final EigenlossPlan plan;
    private final Map<String, List<EigenlossRun>> runs = new LinkedHashMap<>();
    private final ImmutableList<List<LatentRun>> latent;

    EigenlossResults(EigenlossPlan plan, PrintStream out) {
        this.plan = plan;
        train(EigenlossArm.PLAIN, true, out);
        for (int period : EigenlossArm.PERIODS) {
            train(EigenlossArm.followed(period), period == 1, out);
            train(EigenlossArm.exact(period), false, out);
        }
        latent = LatentRun.trainAll(plan, out);
    }

    private void train(EigenlossArm arm, boolean isCut, PrintStream out) {
        runs.put(
                arm.toString(),
                LongStream.rangeClosed(1, plan.seeds())
                        .mapToObj(seed -> EigenlossRun.train(plan, arm, seed, isCut, out))
                        .collect(Collectors.toList()));
    }

    EigenlossPlan plan() {
        return plan;
    }

    int seeds() {
        return plan.seeds();
    }

    /** In the order of training, the plain one first. */
    List<EigenlossArm> arms() {
        return runs.values().stream().map(list -> list.get(0).arm()).collect(Collectors.toList());
    }

    /** In the order of the seeds. */
    List<EigenlossRun> runs(EigenlossArm arm) {
        return runs.get(arm.toString());
    }

    /** One run; seeds count from 0. */
    EigenlossRun run(EigenlossArm arm, int seed) {
        return runs(arm).get(seed);
    }

    /** Runs with the library's defaults: iteration at each update. */
    List<EigenlossRun> penalized() {
        return runs(EigenlossArm.followed(1));
    }

    /** Of the classifier as it was trained. */
    long parameters() {
        return plan.classifier(1).numParams();
    }

    /** The runs of each kind of autoencoder. */
    ImmutableList<List<LatentRun>> latent() {
        return latent;
    }
}
